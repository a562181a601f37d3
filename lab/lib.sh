# Sourced by the lab's commands: packages, engine, images, addresses. Every function does nothing when what it
# is for is there already.
# shellcheck shell=bash

lab_dir=$(cd "$(dirname "${BASH_SOURCE[0]}")" && pwd)
# shellcheck disable=SC2034  # used by the commands, as are others below
repo_dir=$(cd "$lab_dir/.." && pwd)

lab_name=pgproxy-lab          # prefix of every container's name, and the label that down looks for
lab_net=192.168.50            # the first three numbers of the /24 that the hosts live in
lab_label=pgproxy-lab
base_image=debian:bookworm-slim
# Of the machine and not of one lab: the engine serves them all.
engine_dir=${LAB_ENGINE_DIR:-/run/pgproxy-lab}

# The hosts of the diagram, and what stands beside them: NAME LAST-NUMBER-OF-THE-ADDRESS.
lab_hosts=(
    'ct100 11' 'ct101 12' 'haproxy 13'
    'pg102 21' 'pg103 22' 'pg104 23'
    'etcd1 51' 'etcd2 52' 'etcd3 53'
    'prometheus 90' 'client 100'
)
# The virtual address of the proxies.
# shellcheck disable=SC2034
lab_vip=10

# --- words -----------------------------------------------------------------------------------------------

started_at=$(date +%s%N)

say() {
    local tenths=$((($(date +%s%N) - started_at) / 100000000))
    printf '[%3d.%d s] %s\n' $((tenths / 10)) $((tenths % 10)) "$*"
}
die() { printf '%s: %s\n' "${0##*/}" "$*" >&2; exit 1; }

# until_true SECONDS COMMAND...: repeats COMMAND until it succeeds; fails after SECONDS.
until_true() {
    local deadline=$((SECONDS + $1))
    shift
    until "$@" >/dev/null 2>&1; do
        ((SECONDS < deadline)) || return 1
        sleep 0.1
    done
}

# --- packages --------------------------------------------------------------------------------------------

# ensure_command COMMAND PACKAGE...: installs the packages if there is no such command.
ensure_command() {
    local command=$1
    shift
    command -v "$command" >/dev/null && return 0
    ((EUID == 0)) || die "'$command' is missing; run as root, or install: $*"
    command -v apt-get >/dev/null || die "'$command' is missing, and this is no Debian; install it yourself"
    say "installing $*"
    mkdir -p "$engine_dir"
    [[ -e $engine_dir/apt-updated ]] || apt_quietly update
    touch "$engine_dir/apt-updated"
    apt_quietly install -y --no-install-recommends "$@"
}

apt_quietly() {
    local log=$engine_dir/apt.log
    DEBIAN_FRONTEND=noninteractive apt-get -q "$@" >"$log" 2>&1 || { tail -20 "$log" >&2; die "apt-get $1 failed"; }
}

# For tests that start etcd as a process; without it they are aborted with the reason. Unpacked and not installed:
# Debian's package would start a service.
ensure_etcd() {
    local folder=$lab_dir/.state/etcd
    if [[ -n ${PGPROXY_ETCD:-} ]] || command -v etcd >/dev/null; then return 0; fi
    if [[ ! -x $folder/usr/bin/etcd ]]; then
        if ((EUID != 0)) || ! command -v apt-get >/dev/null; then
            say 'no etcd here: some tests are aborted'
            return 0
        fi
        say 'unpacking etcd'
        mkdir -p "$folder" "$engine_dir"
        [[ -e $engine_dir/apt-updated ]] || apt_quietly update
        touch "$engine_dir/apt-updated"
        (cd "$folder" && apt_quietly download etcd-server && dpkg-deb -x etcd-server_*.deb . && rm etcd-server_*.deb) \
            || die 'etcd could not be unpacked'
    fi
    export PGPROXY_ETCD=$folder/usr/bin/etcd
}

# --- engine ----------------------------------------------------------------------------------------------

# Set when this very command has started the engine.
engine_started_here=''

engine_answers() { docker version --format '{{.Server.Version}}' >/dev/null 2>&1; }

# A running engine is taken as it is, whoever started it (DOCKER_HOST counts too).
ensure_engine() {
    command -v docker >/dev/null && engine_answers && return 0
    [[ -z ${DOCKER_HOST:-} ]] || die "no engine answers at DOCKER_HOST=$DOCKER_HOST"
    ((EUID == 0)) || die 'no Docker engine answers; start one, or run as root and it will be started'
    # Without apparmor's parser no container starts on a kernel that has AppArmor on, as Debian's own has.
    ensure_command dockerd docker.io iptables apparmor
    ensure_command docker docker.io
    ensure_command iptables iptables
    started_by_systemd || start_engine
}

# Where there is a systemd, the package has its unit, and the engine is the machine's and not ours.
started_by_systemd() {
    [[ -d /run/systemd/system ]] && systemctl start docker && until_true 30 engine_answers
}

# Outlives this command, since the lab does; its id is kept for `lab/down --engine`.
start_engine() {
    say 'starting the Docker engine'
    mkdir -p "$engine_dir"
    setsid dockerd </dev/null >"$engine_dir/dockerd.log" 2>&1 9>&- &
    # setsid became dockerd: it forks only when it leads a process group, which a script's job does not.
    echo $! > "$engine_dir/dockerd.pid"
    engine_started_here=yes
    until_true 60 engine_answers && return 0
    tail -20 "$engine_dir/dockerd.log" >&2
    die 'the Docker engine did not answer within 60 s; its last words are above'
}

# Only an engine that we started; the id alone could be somebody else's by now.
stop_engine() {
    local pid_file=$engine_dir/dockerd.pid pid
    [[ -s $pid_file ]] || { say 'the engine was not started by the lab: it stays'; return 0; }
    pid=$(<"$pid_file")
    if [[ $(cat "/proc/$pid/comm" 2>/dev/null) == dockerd ]]; then
        say "stopping the Docker engine, process $pid"
        kill -TERM "$pid"
        until_true 60 test ! -e "/proc/$pid" || die "dockerd, process $pid, did not end within 60 s"
    fi
    rm -f "$pid_file"
}

# --- images ----------------------------------------------------------------------------------------------

image_exists() { docker image inspect "$1" >/dev/null 2>&1; }

# The registry's image, or the same made from Debian's packages where no registry is within reach.
ensure_base_image() {
    image_exists "$base_image" && return 0
    say "pulling $base_image"
    timeout "${LAB_PULL_TIMEOUT:-20}" docker pull -q "$base_image" >/dev/null 2>&1 && return 0
    say 'no registry within reach: building it with debootstrap, about half a minute'
    ((EUID == 0)) || die 'debootstrap needs root'
    ensure_command debootstrap debootstrap
    local root
    root=$(mktemp -d /var/tmp/pgproxy-lab.XXXXXX)
    if ! debootstrap --variant=minbase bookworm "$root" >"$engine_dir/debootstrap.log" 2>&1; then
        tail -5 "$engine_dir/debootstrap.log" >&2
        rm -rf "$root"
        die 'debootstrap failed'
    fi
    rm -rf "$root"/var/cache/apt/archives/*.deb "$root"/var/lib/apt/lists/*
    tar -C "$root" -c . | docker import - "$base_image" >/dev/null
    rm -rf "$root"
}

# The name of the lab's image: changes with every change in lab/image, also of a mode.
lab_image() {
    local hash
    hash=$(cd "$lab_dir/image" && find . -type f -printf '%P %m ' -exec sha256sum {} \; | sort | sha256sum)
    printf 'pgproxy-lab:%s' "${hash:0:12}"
}

# BuildKit would ask a registry for the base image even when it is here.
ensure_lab_image() {
    local image
    image=$(lab_image)
    if ! image_exists "$image"; then
        ensure_base_image
        say "building $image, about a minute the first time"
        mkdir -p "$engine_dir"
        DOCKER_BUILDKIT=0 docker build --force-rm -t "$image" "$lab_dir/image" >"$engine_dir/build.log" 2>&1 \
            || { tail -20 "$engine_dir/build.log" >&2; die 'docker build failed'; }
    fi
    docker tag "$image" pgproxy-lab:latest
}

# Everything that labs on one machine share, made by one of them at a time.
ensure_image() {
    ((EUID != 0)) || mkdir -p "$engine_dir"
    if [[ ! -d $engine_dir ]]; then
        engine_dir=${TMPDIR:-/tmp}/pgproxy-lab.$UID
        mkdir -p "$engine_dir"
    fi
    exec 9>"$engine_dir/lock"
    flock -n 9 || { say 'waiting for another command of the lab'; flock 9; }
    ensure_engine
    ensure_lab_image
    exec 9>&-
}

# --- addresses -------------------------------------------------------------------------------------------

# address_of NAME
address_of() {
    local host
    for host in "${lab_hosts[@]}"; do
        [[ ${host% *} == "$1" ]] && { printf '%s.%s' "$lab_net" "${host#* }"; return 0; }
    done
    die "no host '$1' in the lab"
}

# The owner's own network may be this one: then packets for the lab could reach real machines.
refuse_taken_subnet() {
    local subnet=$lab_net.0/24 found
    command -v ip >/dev/null || ensure_command ip iproute2
    found=$({
        ip -4 route show table all root "$subnet"
        ip -4 route show table all match "$subnet" | grep -v '^default'
    } 2>/dev/null | sort -u | head -1) || true
    [[ -z $found ]] || die "this machine already has an address or a route in $subnet:
$found
Take another one: --subnet 10.77.50"
}

# --- containers ------------------------------------------------------------------------------------------

# Everything of this lab carries its name in a label; down asks for nothing else.
lab_containers() { docker ps -aq --filter "label=$lab_label=$lab_name"; }
lab_networks() { docker network ls -q --filter "label=$lab_label=$lab_name"; }

in_lab() { docker exec "$lab_name-$1" "${@:2}"; }

# copy_to_proxy NAME JAR CONFIG: made readable for the proxy's own user, whatever the umask was here. Where the
# configuration says VIP the lab's virtual address stands then.
copy_to_proxy() {
    local name=$1 jar=$2 config=$3 subnet made
    subnet=$(docker network inspect --format '{{(index .IPAM.Config 0).Subnet}}' "$lab_name")
    made=$(mktemp)
    sed "s/\\bVIP\\b/${subnet%.*}.$lab_vip/" "$config" > "$made"
    tar -c --owner=root:0 --group=root:0 --mode=u=rwX,go=rX -P \
        --transform "s|^$jar\$|opt/pgproxy/pgproxy.jar|" --transform "s|^$made\$|etc/pgproxy/pgproxy.yml|" \
        "$jar" "$made" | docker cp - "$lab_name-$name:/" >/dev/null
    rm "$made"
}

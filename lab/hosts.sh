# Sourced, after lib.sh, by the commands that make hosts: what every host of a lab has, and what a proxy has besides.
# They set: build (yes, or empty), jar, jdk, config, java_opts.
# shellcheck shell=bash disable=SC2154

# --- the jar ---------------------------------------------------------------------------------------------

# A build with nothing to do would take longer than the cluster. A folder is newer too when a file in it has
# gone.
jar_is_fresh() {
    [[ -r $jar ]] && [[ -z $(find "$repo_dir" \( -name target -o -name .git -o -path "$lab_dir" \) -prune \
        -o \( -name pom.xml -o -path '*/src/main/*' \) -newer "$jar" -print -quit) ]]
}

build_jar() {
    if [[ -n $build ]] && ! jar_is_fresh; then
        ensure_command javac openjdk-17-jdk-headless
        ensure_command mvn maven
        say 'building pgproxy.jar'
        (cd "$repo_dir" && mvn -q -DskipTests package) || die 'the build failed'
    fi
    [[ -r $jar ]] || die "no jar at $jar"
}

# --- hosts -----------------------------------------------------------------------------------------------

# Every host knows every other by /etc/hosts and not by the engine's name server, which forgets a stopped
# container: in a real network the name of a dead host goes on resolving.
host_entries() {
    local host
    for host in "${lab_hosts[@]}"; do
        printf -- '--add-host\n%s:%s.%s\n' "${host% *}" "$lab_net" "${host#* }"
    done
    printf -- '--add-host\npgproxy:%s.%s\n' "$lab_net" "$lab_vip"
}

# What every host is told of the others.
know_hosts() {
    image=$(lab_image)
    etcd="etcd1=$(address_of etcd1),etcd2=$(address_of etcd2),etcd3=$(address_of etcd3)"
    readarray -t entries < <(host_entries)
}

# host NAME ROLE [docker-option...]: makes and starts one host. NET_ADMIN only reaches its own namespace:
# for the virtual address, and for faults (an address taken away, packets dropped).
host() {
    make_host "$@"
    start_host "$1"
}

make_host() {
    local name=$1 role=$2
    shift 2
    docker create --name "$lab_name-$name" --label "$lab_label=$lab_name" --label "$lab_label.host=$name" \
        --hostname "$name" --network "$lab_name" --ip "$(address_of "$name")" "${entries[@]}" \
        --cap-add NET_ADMIN --cap-add NET_RAW --log-opt max-size=20m --log-opt max-file=2 --stop-timeout 30 \
        --env LAB_NAME="$name" --env LAB_ADDRESS="$(address_of "$name")" --env LAB_ETCD="$etcd" \
        "$@" "$image" "$role" >/dev/null
}

start_host() { docker start "$lab_name-$1" >/dev/null; }

proxy_host() {
    make_proxy_host "$1"
    start_host "$1"
}

# The jar is copied and not mounted: a build that goes on beside a running lab must not pull it from under
# the JVM. lab/deploy brings a new one.
make_proxy_host() {
    local -a options=(--env JAVA_OPTS="$java_opts" "${@:2}")
    [[ -z $jdk ]] || options+=(--volume "$jdk:/opt/jdk:ro" --env JAVA_HOME=/opt/jdk)
    make_host "$1" proxy "${options[@]}"
    copy_to_proxy "$1" "$jar" "$config"
    copy_secret "$1"
}

# What the members of the pair sign with; made once for a lab, before any host is started.
make_secret() {
    mkdir -p "$lab_dir/.state"
    head -c 32 /dev/urandom | base64 > "$lab_dir/.state/secret-$lab_name"
}

# The role gives it to the proxy's own user and takes it from everybody else.
copy_secret() {
    local secret=$lab_dir/.state/secret-$lab_name
    tar -c --owner=root:0 --group=root:0 --mode=644 -P --transform "s|^$secret\$|etc/pgproxy/secret|" "$secret" \
        | docker cp - "$lab_name-$1:/" >/dev/null
}

wait_for_proxy() {
    local name=$1
    until_true 60 proxy_ready_or_down "$name" && in_lab "$name" lab-service status >/dev/null && return 0
    docker logs --tail 30 "$lab_name-$name" >&2
    die "pgproxy on $name is not ready; its last words are above"
}

# Also ends the wait when the process has given up, so that its reason is seen at once.
proxy_ready_or_down() { in_lab "$1" sh -c 'test -e /run/lab/down || curl -sf -m 1 http://localhost:7000/readyz'; }

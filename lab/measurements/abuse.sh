# Sourced by lab/measure: those who mean no good, against one proxy and then the other, while clients go on through
# both. A quiet time of the same length comes before each.
# shellcheck shell=bash disable=SC2154,SC2034

# shellcheck source=look.sh
source "$measurements/look.sh"

kinds=(silent drip ssl hammer connects)
rounds=${rounds:-3}
# Both proxies may have as many sessions as a process here may have descriptors for.
up_options+=(--maxconn 9900)
# What the clients need to have their sessions before the abuse begins.
head_start=4
# PostgreSQL gives up a silent client after 60 s (authentication_timeout).
settle_seconds=120
last_address=101 sources=()

measure() {
    local number kind proxy
    primary=$(control primary)
    for proxy in "${proxies[@]}"; do bring_scripts_to "$(host_of "$proxy")"; done
    start_abuser
    in_lab client pgbench -h "$primary" -U app -i -q app 2>/dev/null
    warm_up
    for proxy in "${proxies[@]}"; do vitals "$proxy" "start-$proxy" start; done
    for ((number = 1; number <= rounds; number++)); do
        for kind in "${kinds[@]}"; do
            for proxy in "${proxies[@]}"; do one_abuse "$number" "$kind" "$proxy"; done
        done
    done
    publish abuse "$seconds" "$(rules)"
}

# Whether pgproxy was told to tell its sources apart; then more is asked of it.
rules() {
    if [[ ${proxies[0]} == pgproxy ]] && in_lab ct100 grep -qE '^[^#]*-per-source:' /etc/pgproxy/pgproxy.yml; then
        echo yes
    else
        echo no
    fi
}

# A host with so many addresses that its ports do not run out; a port that waits for its last packet serves again.
start_abuser() {
    local address
    docker rm -f "$lab_name-abuser" >/dev/null 2>&1 || true
    docker run -d --name "$lab_name-abuser" --label "$lab_label=$lab_name" --hostname abuser --network "$lab_name" \
        --ip "$lab_net.$last_address" --cap-add NET_ADMIN --sysctl net.ipv4.tcp_tw_reuse=1 \
        --sysctl net.ipv4.ip_local_port_range='1024 65535' \
        --add-host "ct100:$(address_of ct100)" --add-host "haproxy:$(address_of haproxy)" \
        "$(lab_image)" client >/dev/null
    for address in {111..120}; do
        in_lab abuser ip address add "$lab_net.$address/24" dev eth0
        sources+=("$lab_net.$address")
    done
    bring_scripts_to abuser
}

# abuse KIND PROXY START SECONDS
abuse() {
    in_lab abuser env PYTHONDONTWRITEBYTECODE=1 python3 "$in_client/abuser.py" "$1" "$(host_of "$2")" "$3" "$4" \
        "$(IFS=,; echo "${sources[*]}")"
}

# What a JVM loads and compiles at its first sight of each kind is no leak.
warm_up() {
    local kind
    [[ ${proxies[0]} == pgproxy ]] || return 0
    say 'warming up'
    for kind in "${kinds[@]}"; do abuse "$kind" pgproxy "$(date +%s)" 4 >/dev/null; done
    wait_calm
}

one_abuse() {
    local label=$1-$2-$3
    say "round $1 of $rounds: quiet, then $2 against $3"
    beside "$label-quiet"
    beside "$label-abused" "$2" "$3"
    say "until $3 has left what it took"
    settle "$3" "$label-after"
    wait_calm
}

# beside NAME [KIND PROXY]: the clients, and the abuse meanwhile.
beside() {
    local begin=$(($(date +%s) + head_start)) abuser=''
    if (($# > 1)); then
        abuse "$2" "$3" "$begin" "$seconds" > "$work/abuse" &
        abuser=$!
    fi
    client beside.py "$recording/$1.json" "$begin" "$((begin + seconds))" "${proxies[@]}"
    [[ -n $abuser ]] || return 0
    wait "$abuser" || die 'the abuser failed'
    keep "$work/abuse" "${1%-abused}-abuse.json"
}

# What one abuse left behind in PostgreSQL must not be counted against the next.
wait_calm() {
    until_true 120 calm || say 'PostgreSQL still has processes of the abuse'
}

calm() { primary=$(control primary) && (($(in_lab "$primary" pgrep -c -x postgres) < 40)); }

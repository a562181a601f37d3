# Sourced by lab/measure: planned switchovers under a crowd of clients, then without, then the primary's host is killed,
# its postmaster, and it is cut off from everyone; with clients through pgproxy with and without etcd, and HAProxy.
# shellcheck shell=bash disable=SC2154,SC2034

# shellcheck source=faults.sh
source "$measurements/faults.sh"

# For each sslmode, as lab.py has it.
crowd=10
[[ -z $synchronous ]] || name=$name-sync
[[ ${proxies[0]} != pgproxy ]] || proxies=(pgproxy polling haproxy)
[[ $config != "$measurements/polling.yml" ]] || config=$measurements/watching.yml

measure() {
    prepare_proxies
    [[ -z $synchronous ]] || replicate_synchronously
    # Twice of what they take, with the wait after each.
    start_recording $((300 + (switchovers + quiet) * 60 + (kills + partitions) * 200 + postmasters * 120))
    crowd_comes
    series crowd "$switchovers"
    crowd_leaves
    sessions_leave
    series switchover "$quiet"
    sessions_come
    series kill "$kills"
    series postmaster "$postmasters"
    series partition "$partitions"
    end_recording
    keep_stopwatches
    publish failover "${synchronous:-async}" \
        "crowd=$switchovers,switchover=$quiet,kill=$kills,postmaster=$postmasters,partition=$partitions"
}

# ct101 is the one without etcd.
prepare_proxies() {
    [[ ${proxies[0]} == pgproxy ]] || return 0
    configure ct100 "$config"
    configure ct101 "$measurements/polling.yml"
}

proxy_facts() {
    fact HAProxy "$(in_lab haproxy haproxy -v | awk 'NR == 1 {print $3}')"
    [[ ${proxies[0]} == pgproxy ]] || return 0
    pgproxy_facts
    fact 'configuration without etcd' 'the nodes and nothing else, so the defaults'
    # shellcheck disable=SC2016  # backticks for the page
    [[ -z $synchronous ]] || fact 'Patroni besides' '`synchronous_mode`, `synchronous_mode_strict`'
}

replicate_synchronously() {
    primary=$(control primary)
    in_lab client curl -sf -X PATCH -d '{"synchronous_mode": true, "synchronous_mode_strict": true}' \
        "http://$primary:8008/config" >/dev/null
}

# What each pgproxy itself says of each change.
keep_stopwatches() {
    local host
    [[ ${proxies[0]} == pgproxy ]] || return 0
    for host in ct100 ct101; do
        in_lab client curl -sf -m 10 "http://$host:7000/api/v1/failovers" > "$work/failovers" \
            || { say "no stopwatch from $host"; continue; }
        docker cp "$work/failovers" "$lab_name-client:$recording/failovers-$host.json" >/dev/null \
            || say "no stopwatch of $host's on the page"
    done
}

crowd_comes() { in_lab client touch "$recording/crowd"; }
crowd_leaves() { in_lab client rm -f "$recording/crowd"; }

# Those that are held.
sessions_leave() { in_lab client touch "$recording/single"; }
sessions_come() { in_lab client rm -f "$recording/single"; }

# all_served NODE SECONDS
all_served() { served "$1" "$2"; }

tell_round() { client report_failover.py round "${proxies[@]}"; }

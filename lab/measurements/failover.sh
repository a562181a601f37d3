# Sourced by lab/measure: planned switchovers, then kills of the primary's host, with clients through each proxy.
# shellcheck shell=bash disable=SC2154,SC2034

measure() {
    local number
    # A switchover takes about 20 s with the wait after it, a kill about 75; twice that is the bound.
    start_recording $((120 + switchovers * 60 + kills * 200))
    for ((number = 1; number <= switchovers; number++)); do one_switchover "$number"; done
    for ((number = 1; number <= kills; number++)); do one_kill "$number"; done
    wait_whole
    stop_recording
    primary=$(control primary)
    control rows
    publish failover "$switchovers" "$kills"
}

one_switchover() {
    local old new
    recorder_alive
    wait_whole
    old=$(control primary)
    new=$(next_node "$old")
    served "$old" 60
    say "switchover $1 of $switchovers: $old -> $new"
    control switchover "$old" "$new" "$1" || say 'Patroni refused; it is counted as not measured'
    served "$new" 120 || say 'not every client was served again'
}

# The network goes first: the kernel of a killed container still says goodbye to every peer of its processes, and
# refuses those who come, and a host without power does neither.
power_off() {
    in_lab "$1" ip link set eth0 down
    docker kill "$lab_name-$1" >/dev/null
}

one_kill() {
    local old new
    recorder_alive
    wait_whole
    old=$(control primary)
    served "$old" 60
    mend="docker start $lab_name-$old"
    control mark fault kind=kill "number=$1" "from=$old"
    power_off "$old"
    new=$(control new-primary "$old" 120)
    say "kill $1 of $kills: $old died, $new is primary"
    served "$new" 120 || say 'not every client was served again'
    docker start "$lab_name-$old" >/dev/null
    mend=:
}

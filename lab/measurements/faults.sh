# Sourced by the measurements that break the primary: planned switchovers, and faults one after the other, each on a
# cluster that is whole. They bring all_served NODE SECONDS, which waits for their clients, and tell_round, which says
# what the last one cost.
# shellcheck shell=bash disable=SC2154,SC2034

# How long a host stays cut off once its successor serves: what a proxy does to the wrong node would show.
cut_seconds=5

# So long after one was asked for the next one is: pgproxy heeds an announcement for announce-hold (5 s) in every 15 s,
# and nobody switches over more often in earnest.
switchover_seconds=20
# Rounds that went wrong one after the other.
bad_rounds=0

# configure PROXY_HOST FILE: a lab that was up before may run something else.
configure() {
    in_lab "$1" lab-service stop
    copy_to_proxy "$1" "$jar" "$2"
    in_lab "$1" lab-service start
    wait_for_proxy "$1"
}

# series KIND HOW_MANY
series() {
    local number
    for ((number = 1; number <= $2; number++)); do round "$1" "$number" "$2"; done
}

# round KIND NUMBER OF: what goes wrong in one round is said, and the page counts it as not measured; everything that
# was measured before stays. After two in a row the rest is left out: that lab does not come back.
round() {
    local status
    ((bad_rounds < 2)) || { say "$1 $2 of $3 is left out"; return 0; }
    # Where its status is asked for, the shell would not end it at the first error.
    set +e
    (set -e; trap '$mend' EXIT; one_round "$@")
    status=$?
    set -e
    if ((status == 0)); then
        bad_rounds=0
        tell_round || true
    else
        bad_rounds=$((bad_rounds + 1))
        say "$1 $2 of $3 went wrong"
    fi
}

one_round() {
    case $1 in
        crowd | switchover) one_switchover "$@" ;;
        *) one_fault "$@" ;;
    esac
}

# Everything as it should be, and clients served by the primary, whose name is set as `old`.
settle_down() {
    recorder_alive
    wait_whole
    old=$(control primary)
    [[ -z $synchronous ]] || until_true 60 control synchronous "$old" || die "$old has no synchronous standby"
    all_served "$old" 60 || say 'not every client is served; the page shows who'
}

# one_switchover KIND NUMBER OF
one_switchover() {
    local old new
    settle_down
    wait_for_turn
    new=$(control candidate "$old")
    say "$1 $2 of $3: $old -> $new"
    control switchover "$old" "$new" "$2" "$1" || say 'Patroni refused; it is counted as not measured'
    be_served "$new"
}

# A round is a shell of its own, so what the last one left is in a file.
wait_for_turn() {
    local turn=0
    [[ ! -e $work/turn ]] || turn=$(<"$work/turn")
    until_true $((switchover_seconds + 5)) eval "((SECONDS >= turn))" || true
    echo $((SECONDS + switchover_seconds)) > "$work/turn"
}

# one_fault KIND NUMBER OF
one_fault() {
    local old new
    settle_down
    mend="mended $1 $2 $old"
    control mark fault "kind=$1" "number=$2" "from=$old"
    "break_$1" "$old"
    new=$(control next-primary "$old" 120)
    say "$1 $2 of $3: it was $old, now $new is primary"
    be_served "$new"
    [[ $1 != partition ]] || sleep "$cut_seconds"
    $mend
    mend=:
}

# mended KIND NUMBER HOST
mended() {
    control mark mend "kind=$1" "number=$2" "from=$3" || true
    "mend_$1" "$3"
}

# The first second after is the clients' own: to ask whether they are served costs the machine something too.
be_served() {
    sleep 1
    all_served "$1" 120 || say 'not every client was served again'
}

# The network goes first: the kernel of a killed container still says goodbye to every peer of its processes, and
# refuses those who come, and a host without power does neither.
break_kill() {
    in_lab "$1" ip link set eth0 down
    docker kill "$lab_name-$1" >/dev/null
}
mend_kill() { docker start "$lab_name-$1" >/dev/null; }

# shellcheck disable=SC2016  # expanded in the container
break_postmaster() { in_lab "$1" sh -c 'kill -9 "$(head -1 /var/lib/postgresql/data/postmaster.pid)"'; }
mend_postmaster() { :; }

# Every packet of the host's, both ways; who asks it hears nothing, and no error either.
break_partition() { in_lab "$1" sh -c 'iptables -I INPUT -i eth0 -j DROP && iptables -I OUTPUT -o eth0 -j DROP'; }
mend_partition() { in_lab "$1" iptables -F; }

# What every one of these measurements ends with: nothing of it may cost the page, whose checks miss what is not there.
end_recording() {
    (wait_whole) || say 'the cluster is not whole at the end'
    (stop_recording) || say 'the recorder did not end as it should'
    primary=$(control primary) || primary=pg102
    control rows || say 'not every table could be read'
    control history 60 || say "Patroni's history could not be read"
    keep_promotions || say "Patroni's logs could not be read"
}

# What each Patroni wrote into its log when it promoted its PostgreSQL, with the log's own time.
keep_promotions() {
    local node
    for node in pg102 pg103 pg104; do
        docker logs "$lab_name-$node" 2>&1 | { grep -F 'promoted self to leader' || true; } > "$work/promotions"
        docker cp "$work/promotions" "$lab_name-client:$recording/promotions-$node.log" >/dev/null
    done
}

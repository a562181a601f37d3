# Sourced by the measurements that break the primary: planned switchovers, and faults one after the other, each on a
# cluster that is whole. They bring all_served NODE SECONDS, which waits for their clients.
# shellcheck shell=bash disable=SC2154,SC2034

# How long a host stays cut off once its successor serves: what a proxy does to the wrong node would show.
cut_seconds=5

# So long after one was asked for the next one is: pgproxy heeds an announcement for announce-hold (5 s) in every 15 s,
# and nobody switches over more often in earnest.
switchover_seconds=20 next_switchover=0

# Everything as it should be, and clients served by the primary, whose name is set as `old`.
settle_down() {
    recorder_alive
    wait_whole
    old=$(control primary)
    [[ -z $synchronous ]] || until_true 60 control synchronous "$old" || die "$old has no synchronous standby"
    all_served "$old" 60
}

# one_switchover KIND NUMBER OF
one_switchover() {
    local old new
    settle_down
    until_true $((switchover_seconds + 5)) eval "((SECONDS >= next_switchover))" || true
    next_switchover=$((SECONDS + switchover_seconds))
    new=$(control candidate "$old")
    say "$1 $2 of $3: $old -> $new"
    control switchover "$old" "$new" "$2" "$1" || say 'Patroni refused; it is counted as not measured'
    be_served "$new"
}

# one_fault KIND NUMBER OF
one_fault() {
    local old new
    settle_down
    mend="mend_$1 $old"
    control mark fault "kind=$1" "number=$2" "from=$old"
    "break_$1" "$old"
    new=$(control next-primary "$old" 120)
    say "$1 $2 of $3: it was $old, now $new is primary"
    be_served "$new"
    [[ $1 != partition ]] || sleep "$cut_seconds"
    control mark mend "kind=$1" "number=$2" "from=$old"
    $mend
    mend=:
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

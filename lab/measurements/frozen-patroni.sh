# Sourced by lab/measure: Patroni on the primary is stopped (SIGSTOP), its PostgreSQL runs on and takes sessions,
# another node is promoted.
# shellcheck shell=bash disable=SC2154,SC2034

freeze_seconds=90

measure() {
    local number
    start_recording $((120 + freezes * 300))
    for ((number = 1; number <= freezes; number++)); do one_freeze "$number"; done
    wait_whole
    stop_recording
    primary=$(control primary)
    control rows
    publish frozen "$freezes"
}

one_freeze() {
    local old new thaw_at
    recorder_alive
    wait_whole
    old=$(control primary)
    served "$old" 60
    mend="in_lab $old pkill -CONT -x patroni"
    control mark fault kind=freeze "number=$1" "from=$old"
    in_lab "$old" pkill -STOP -x patroni
    thaw_at=$((SECONDS + freeze_seconds))
    new=$(control new-primary "$old" 80)
    say "freeze $1 of $freezes: Patroni of $old stopped, $new is primary"
    served "$new" 60 || say 'not every client was served again'
    until_true $((freeze_seconds + 5)) eval "((SECONDS >= thaw_at))"
    control mark thaw "number=$1" "from=$old"
    $mend
    mend=:
}

# Sourced by lab/measure: everyday life of both proxies in fast motion, and whether they hold more at its end than at
# its beginning.
# shellcheck shell=bash disable=SC2154,SC2034

# shellcheck source=look.sh
source "$measurements/look.sh"

sample_seconds=5
switchover_seconds=60
# PostgreSQL gives up a silent client after 60 s (authentication_timeout).
settle_seconds=120
up_options+=(--maxconn 9900)
# All of the heap is there from the start: what is added to the process afterwards is something else.
java_opts+=' -Xms256m -XX:+AlwaysPreTouch'
if [[ -n $leak_detection ]]; then
    java_opts+=' -Dio.netty.leakDetection.level=paranoid'
    name=soak-leak-detection
fi

measure() {
    local proxy clients soak_seconds=$((minutes * 60))
    primary=$(control primary)
    for proxy in "${proxies[@]}"; do bring_scripts_to "$(host_of "$proxy")"; done
    in_lab client pgbench -h "$primary" -U app -i -q app 2>/dev/null
    say 'warming up'
    client soak_clients.py 20 warm-up "${proxies[@]}"
    for proxy in "${proxies[@]}"; do vitals "$proxy" "start-$proxy" start; done
    start_samples $((soak_seconds + 300))
    client soak_clients.py "$soak_seconds" clients "${proxies[@]}" &
    clients=$!
    switch_over_until $((SECONDS + soak_seconds)) "$clients"
    wait "$clients" || die 'the clients ended with an error'
    stop_samples
    for proxy in "${proxies[@]}"; do
        say "until $proxy has left what it took"
        settle "$proxy" "end-$proxy"
    done
    docker logs "$lab_name-ct100" > "$work/log" 2>&1 || true
    keep "$work/log" pgproxy.log
    primary=$(control primary)
    publish soak "$soak_seconds" "$sample_seconds" "$switchover_seconds" "${leak_detection:-no}" "$date-$name.svg"
}

# switch_over_until END CLIENTS: planned, once in a while; none in the last half minute, whose sessions must settle.
switch_over_until() {
    local number=0 next=$((SECONDS + switchover_seconds / 2)) old new
    while ((next <= $1 - switchover_seconds / 2)); do
        until_true $((switchover_seconds * 3)) eval "((SECONDS >= next))" || true
        kill -0 "$2" 2>/dev/null || die 'the clients ended early'
        wait_whole
        old=$(control primary)
        new=$(next_node "$old")
        number=$((number + 1))
        say "switchover $number: $old -> $new"
        control switchover "$old" "$new" "$number" >/dev/null || say 'Patroni refused'
        # What counts is who is the primary afterwards, whatever Patroni answered; nobody else, and it is left empty.
        control mark switched "number=$number" "from=$old" "to=$(control new-primary "$old" 20 || true)"
        next=$((next + switchover_seconds))
    done
}

start_samples() {
    local proxy
    for proxy in "${proxies[@]}"; do
        docker exec -d --env PYTHONDONTWRITEBYTECODE=1 "$lab_name-$(host_of "$proxy")" python3 "$in_client/vitals.py" \
            "$proxy" record "$sample_seconds" "$1" "$recording/vitals-$proxy.jsonl"
    done
}

stop_samples() {
    local proxy file
    for proxy in "${proxies[@]}"; do
        file=$recording/vitals-$proxy.jsonl
        in_lab "$(host_of "$proxy")" touch "$file.stop"
        in_lab "$(host_of "$proxy")" cat "$file" > "$work/samples"
        keep "$work/samples" "${file##*/}"
    done
}

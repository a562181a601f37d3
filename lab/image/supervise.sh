# Sourced by the roles whose process must not take its host with it: stands where systemd would.
# shellcheck shell=bash
#
#   supervise POLICY COMMAND...    POLICY: always | on-failure | never
#
# Starts COMMAND, writes its process id to /run/lab/pid, starts it again 1 s after it ended. It stays down
#   - while the file /run/lab/down is there (lab-service stop makes it, lab-service start removes it),
#   - with on-failure: after a clean end (0, or 143 as a JVM says after TERM), and after 2 or 78, which say
#     that another start would fail in the same way (as RestartPreventExitStatus= does),
#   - with never: after any end, as systemd does without Restart=.
# TERM and INT are passed on; then the host goes down with the process, as a machine that is shut down.
# LAB_STOP_POST, if set, runs after every end of the process, however it ended (as ExecStopPost= does), with
# its exit code in EXIT_STATUS; by the function as_service, if the role has one, which gives it the rights of
# the process.

down_file=/run/lab/down
pid_file=/run/lab/pid
child=
stopping=

supervise() {
    local policy=$1 status
    shift
    trap on_stop TERM INT
    while [[ -z $stopping ]]; do
        if [[ -e $down_file ]]; then
            pause_for 0.2
            continue
        fi
        run_once "$@"
        if [[ -z $stopping ]] && stays_down "$policy" "$status"; then
            say "ended with $status: stays down until 'lab-service start'"
            touch "$down_file"
        fi
        # Whoever wants another start meanwhile gets it after this.
        stop_post "$status"
        [[ -n $stopping ]] && break
        if [[ ! -e $down_file ]] && ! stays_down "$policy" "$status"; then
            say "ended with $status: starting it again in 1 s"
            pause_for 1
        fi
    done
    exit "${status:-0}"
}

# Sets the caller's $status.
run_once() {
    "$@" &
    child=$!
    echo "$child" > "$pid_file"
    # A trapped signal ends `wait` early, so ask until the process is really gone.
    status=0
    wait "$child" || status=$?
    while kill -0 "$child" 2>/dev/null; do
        status=0
        wait "$child" || status=$?
    done
    child=
    rm -f "$pid_file"
}

stays_down() { [[ $1 == never || $1 == on-failure && $2 =~ ^(0|143|2|78)$ ]]; }

on_stop() {
    stopping=yes
    [[ -z $child ]] || kill -TERM "$child" 2>/dev/null || true
}

stop_post() {
    [[ -n ${LAB_STOP_POST:-} ]] || return 0
    local -a rights=()
    [[ $(type -t as_service) != function ]] || rights=(as_service)
    (EXIT_STATUS=$1 "${rights[@]}" bash -c "$LAB_STOP_POST") || say "the stop-post step failed"
}

# A sleep that a signal can end.
pause_for() {
    sleep "$1" &
    wait $! || true
}

# Sourced by the measurements that look at what a proxy's process holds.
# shellcheck shell=bash disable=SC2154

host_of() { case $1 in pgproxy) echo ct100 ;; *) echo "$1" ;; esac; }

# keep FILE NAME: puts a file of the conductor's among the records.
keep() { docker cp "$1" "$lab_name-client:$recording/$2" >/dev/null; }

# vitals PROXY NAME COMMAND...: what vitals.py says becomes the record of that name.
vitals() {
    in_lab "$(host_of "$1")" env PYTHONDONTWRITEBYTECODE=1 python3 "$in_client/vitals.py" "$1" "${@:3}" > "$work/vitals"
    keep "$work/vitals" "$2.json"
}

# settle PROXY NAME: waits until it has no more than at the start, for as long as settle_seconds.
settle() { vitals "$1" "$2" settle "$settle_seconds" "$(of_start "$1" descriptors)" "$(of_start "$1" threads)"; }

of_start() { in_lab client jq ".$2" "$recording/start-$1.json"; }

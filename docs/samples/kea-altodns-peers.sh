#!/bin/sh
# A script for Kea's run-script hook (libdhcp_run_script.so): gives each leased address an ALTO server of its own by DNS UPDATE,
# as a peer behind the NAT that has the external address. Kea waits for nobody: with "sync": false it goes on meanwhile.
#
# Settings, in the environment of kea-dhcp4 or here:
#   ALTO_NAT      the NAT's external address, such as 198.51.100.1
#   ALTO_URI      the information resource directory of the ALTO server for these peers
#   ALTO_SERVER   where AltoDns listens, ADDRESS or ADDRESS:PORT
#   ALTO_KEY      the file with the TSIG key, readable for Kea's user alone
#   ALTODNS       the program, "altodns" where it is not set
set -eu

: "${ALTO_NAT:?}" "${ALTO_URI:?}" "${ALTO_SERVER:?}" "${ALTO_KEY:?}"
altodns=${ALTODNS:-altodns}

# The peer's ID: its inner address with hyphens, which is what both Kea and the tracker's client can tell.
id_of() { printf '%s' "$1" | tr '.:' '--'; }

add() { # ADDRESS SECONDS
    $altodns peers add "$ALTO_NAT" "$(id_of "$1")" --uri "$ALTO_URI" --server "$ALTO_SERVER" --tsig-key "$ALTO_KEY" --lease "${2}s" > /dev/null
}

remove() { # ADDRESS
    $altodns peers remove "$ALTO_NAT" "$(id_of "$1")" --server "$ALTO_SERVER" --tsig-key "$ALTO_KEY" > /dev/null
}

case "${1:-}" in
    leases4_committed)
        # One call may bring several leases, numbered from 0.
        i=0
        while [ "$i" -lt "${LEASES4_SIZE:-0}" ]; do
            eval "address=\${LEASES4_AT${i}_ADDRESS} seconds=\${LEASES4_AT${i}_VALID_LIFETIME}"
            add "$address" "$seconds"
            i=$((i + 1))
        done
        ;;
    lease4_renew)
        add "$LEASE4_ADDRESS" "$LEASE4_VALID_LIFETIME"
        ;;
    lease4_release | lease4_expire | lease4_decline)
        remove "$LEASE4_ADDRESS"
        ;;
    *)
        # Kea calls for every hook point; the others are nothing to us.
        ;;
esac

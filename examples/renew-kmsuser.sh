#!/bin/sh
# Renews the password of kmsuser in a maintenance window: KMS replaces it whenever the store connects.
#
#   renew-kmsuser.sh STORE WINDOW
#
# From cron (see kmsuser.crontab) or a systemd timer. What a person has to see now goes to PAGE, a command that reads it
# from standard input; what can wait until the morning goes to standard output, which cron sends as mail.
set -u
store=$1
window=$2
page=${PAGE:-logger -t cks -p user.alert}

# The lock table keeps out runs of other machines, and lets `cks stop` and the monitor see this one from there.
said=$(cks reconnect "$store" --window "$window" --outage-budget 30m --accept outage --yes \
  --lock-table "${CKS_LOCK_TABLE:-cks-locks}" --output text --progress none 2>&1)
code=$?

case $code in
  # Renewed, verified, and proven as far as can be.
  0) urgency=none ;;
  # Wrong input, refused, stopped: the store is as it was.
  2 | 3 | 130) urgency=mail ;;
  # Rolled back, stranded, still moving, broken off: a person has to look.
  4 | 5 | 6 | 7) urgency=page ;;
  # 1 is a bug, 127 no command: nobody knows, so somebody must.
  *) urgency=page ;;
esac

case $urgency in
  page) printf '%s\n' "cks reconnect $store: exit $code" "$said" | $page ;;
  mail) printf '%s\n' "cks reconnect $store: exit $code" "$said" ;;
esac
exit "$code"

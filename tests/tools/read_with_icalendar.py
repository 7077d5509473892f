"""Reads calendar files with Python's icalendar and says what it understood, one JSON object per file.

    read_with_icalendar.py FILE...   what each file says
    read_with_icalendar.py --recur   lines "START<tab>RRULE<tab>UNTIL" on standard input, days as lines out (dateutil)

Times are resolved by the file's own VTIMEZONE, not by this computer's zones: that is what is being checked.
"""

import json
import sys
from datetime import datetime, timezone

from dateutil.rrule import rrulestr
from icalendar import Calendar


def instant(event, name, zones):
    prop = event[name]
    at, zone = prop.dt, prop.params.get("TZID")
    if zone:
        at = at.replace(tzinfo=zones[zone])
    return int(at.astimezone(timezone.utc).timestamp())


def understood(path):
    with open(path, "rb") as file:
        calendar = Calendar.from_ical(file.read())
    errors = [f"{part.name}: {error}" for part in calendar.walk() for error in part.errors]
    zones = {str(part["TZID"]): part.to_tz(lookup_tzid=False) for part in calendar.walk("VTIMEZONE")}
    (event,) = calendar.walk("VEVENT")
    return {
        "errors": errors,
        "method": str(calendar["METHOD"]),
        "uid": str(event["UID"]),
        "sequence": int(event["SEQUENCE"]),
        "start": instant(event, "DTSTART", zones),
        "end": instant(event, "DTEND", zones),
        "zone": event["DTSTART"].params.get("TZID", ""),
        "summary": str(event["SUMMARY"]),
        "location": str(event.get("LOCATION", "")),
        "alarms": len(event.walk("VALARM")),
    }


def recur():
    for line in sys.stdin:
        start, rule, until = line.rstrip("\r\n").split("\t")
        start, until = (datetime.strptime(text, "%Y%m%dT%H%M%S") for text in (start, until))
        days = []
        for at in rrulestr(rule, dtstart=start):
            if at > until:
                break
            days.append(at.strftime("%Y%m%d"))
        print(" ".join(days))


if sys.argv[1:] == ["--recur"]:
    recur()
else:
    sys.stdout.reconfigure(encoding="utf-8")
    for path in sys.argv[1:]:
        print(json.dumps(understood(path), ensure_ascii=False))

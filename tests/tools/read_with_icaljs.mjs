// Reads calendar files with ical.js and says what it understood, one JSON object per file.
// Times are resolved by the file's own VTIMEZONE: that is what is being checked.
import { readFileSync } from "node:fs";
import ICAL from "ical.js";

for (const path of process.argv.slice(2)) {
  const calendar = new ICAL.Component(ICAL.parse(readFileSync(path, "utf8")));
  ICAL.TimezoneService.reset();
  for (const zone of calendar.getAllSubcomponents("vtimezone")) ICAL.TimezoneService.register(zone);
  const component = calendar.getFirstSubcomponent("vevent");
  const event = new ICAL.Event(component);
  console.log(
    JSON.stringify({
      errors: [],
      method: calendar.getFirstPropertyValue("method"),
      uid: event.uid,
      sequence: event.sequence,
      start: event.startDate.toUnixTime(),
      end: event.endDate.toUnixTime(),
      zone: component.getFirstProperty("dtstart").getParameter("tzid") ?? "",
      summary: event.summary,
      location: event.location ?? "",
      alarms: component.getAllSubcomponents("valarm").length,
    }),
  );
}

### Every word on the screen. Short, plain, for receptionists. Times as the location writes them.

product = Orca Front Desk

## Everywhere

add = Add
back = Back
change = Change
close = Close
close-lower = closes
closed = Closed
copied = Copied
copy = Copy
copy-failed = It could not be copied.
copy-failed-hint = Mark the text and copy it by hand.
copy-text = Copy
date = Date
day = Day
done = Done
email = E-mail
from = From
go = Go there
leave-it = Leave it
letter = Letter
menu = Menu
message = Message
messages = Messages
minutes-short = { $count } min
minutes-mark = { $count }′
name = Name
note = Note
or = or
open = Open
opening = Opening…
phone = Phone
redo = Redo
reasons = Reasons
results = Results
save = Save
save-lower = saves
saved = Saved
saved-at = saved { $time }
put-back-lower = puts back
status = Status
stop = Stop
time = Time
today = Today
try-again = Try again
type = Type
undo = Undo
until = Until

## The window

rail = Month and work-lists
inspector = Details
status-line = Status line
loading-day = Fetching the day…
search-or-do = Search patients or do anything
search-placeholder = Name, phone, birth date, chart number, or what you want to do
nothing-found = Nothing found. Try fewer letters, digits of the phone, or the birth date.
palette-patient = Patients
palette-date = Day
palette-action = Actions
chart-short = chart { $number }
demo-practice = Demo practice
go-to-date-from = { $date }. Go to another date
location = Location
no-operatories-title = No operatories here yet
no-operatories-text = The day sheet has one column for each chair or room. Add the first one in the settings.
announce-day = { $date }
announce-location = { $name }
announce-left-alone = Left as it was.
waiting-to-sync = { $count } waiting to sync

## Rail

month = Month
previous-month = Previous month
next-month = Next month
weekday-mon = Monday
weekday-tue = Tuesday
weekday-wed = Wednesday
weekday-thu = Thursday
weekday-fri = Friday
weekday-sat = Saturday
weekday-sun = Sunday
weekday-letter-mon = M
weekday-letter-tue = T
weekday-letter-wed = W
weekday-letter-thu = T
weekday-letter-fri = F
weekday-letter-sat = S
weekday-letter-sun = S
density-words = { $date }, { $visits ->
    [0] no visits
    [one] 1 visit
   *[other] { $visits } visits
}, { $percent } % full
hours-short = { $hours } h
hours-of = { $booked } / { $capacity } h
hours-minutes-short = { $hours } h { $minutes }
visits-count = { $count ->
    [0] no visits
    [one] 1 visit
   *[other] { $count } visits
}
density-closed = { $date }, closed
density-conflict = needs attention
month-detail = The day in figures
visits = Visits
booked = Booked
capacity = Capacity
free = Free
full = Full
part-operatory = Operatory
part-provider = Provider
part-location = Location
named-views = Views
no-named-views = None yet. Arrange the calendar, then press Shift and a function key.
forget-view = Forget “{ $name }”
name-view-text = What you see now, its columns and how many days it spans, comes back with one key. It is yours at this workstation.
view-name = Name
view-name-hint = Like “Chen and Osei” or “All chairs”
function-key = Key
done-view-named = “{ $name }” is on { $key }
view = View
span-day = Day
span-week = Week
span-month = Month
span-list = List
by-operatory = Operatories
by-provider = Providers
by-location = Whole locations
by-some = { $by }, { $count }
columns = Columns
locations-shown = Locations side by side
grid-lines = Lines every
only = Only
only-this = Only { $name }
show-all = Show all
title-day = Day sheet, { $date }, { $place }
title-week = Week, { $date }, { $place }
title-month = { $date }, { $place }
title-list = List of visits, { $date }, { $place }
week-title = { $from } to { $until }
grid-day = Day sheet
grid-week = Week
grid-list = List of visits
nothing-this-week = No visits this week in this view.
announce-view = { $view }, { $date }
announce-by = Columns: { $by }
agenda-time = Time
agenda-patient = Patient
agenda-type = Type
agenda-operatory = Operatory
agenda-provider = Provider
agenda-status = Status
agenda-marks = Marks
mark-conflict = in a conflict
mark-doctor = doctor needed
mark-alert = alert
mark-first = first visit
mark-asap = would come sooner
mark-note = has a note
work-lists = Work-lists
needs-attention = Needs attention
waiting-room = Waiting
in-the-chair = In the chair
nobody-waits = Nobody is waiting
nobody-seated = Nobody is seated
here-today = Who is here, { $date }
doctor-mark = Dr

## The patient-flow board

flow-title = Patient flow
action-flow = Patient flow: who is where
action-doctor-needed = Call the doctor, or no longer
flow-all-providers = All providers
flow-stage-arriving = Arriving
flow-stage-waiting = Waiting
flow-stage-seated = Seated
flow-stage-doctor = Doctor needed
flow-stage-finishing = Finishing
flow-stage-left = Checked out
flow-nobody-arriving = Nobody else is expected today
flow-nobody-waiting = The waiting room is empty
flow-nobody-seated = Nobody is in a chair
flow-nobody-doctor = No one asks for the doctor
flow-nobody-finishing = Nobody is at the desk to leave
flow-nobody-left = Nobody has left yet
flow-show-all = Show all { $count }
flow-in = in { $count }′
flow-in-words = { $count ->
    [0] due now
   *[other] due in { $count } min
  }
flow-late = { $count }′ late
flow-late-words = { $count } min late
flow-waits = { $count }′
flow-waits-words = waiting for { $count } min
flow-chair = { $count }′
flow-chair-words = in the chair for { $count } min
flow-over = +{ $count }′
flow-over-words = { $count } min longer than planned
flow-done = { $count }′
flow-done-words = done { $count } min ago
flow-house = { $count }′
flow-house-words = was here for { $count } min
action-past = The day as it was…
past-title = As it was:
past-banner = This is the past: the day as it was on { $at }. Nothing can be changed here; Esc goes back to now.
past-banner-none = This shows the past. Nothing can be changed here; Esc goes back to now.
past-date = As it was on
past-time = at
past-look = Show
past-not-read = Write a date such as 24 Nov and a time such as 8:00.
past-shown = { $count } visits as they were on { $at }
past-visits = { $count ->
    [0] No visits
    [one] One visit
   *[other] { $count } visits
}
past-blocks = Blocked out
past-late = Known here only later
past-late-how = Written at another workstation by then, but it came to this one afterwards: nobody here could see it yet.
past-since = { $count ->
    [0] Nothing was changed since
    [one] One change since
   *[other] { $count } changes since
}
past-more = and { $count } before these
past-today = Names, alerts, opening hours and templates are shown as they are now.
flow-due = due { $time }
flow-no-show = No-show?
flow-call-doctor = Call doctor
flow-doctor-was-here = Doctor was here
flow-do-arrived = Arrived
flow-do-seated = Seat
flow-do-done = Done
flow-do-checked-out = Check out

## Sync: off-line is normal

sync-title = How current this desk is
sync-alone = This desk only
sync-offline = Off-line
sync-connecting = Connecting
sync-behind = Catching up
sync-live = Live
sync-stopped = Needs you
sync-waiting = { $mode }, { $count } waiting
sync-behind-count = Catching up, { $count } to come
sync-details-alone = This practice has no relay yet, so it lives on this workstation only. Invite another workstation to share it.
sync-details-offline = { $count ->
    [0] Working off-line. Everything works; nothing is waiting to go out.
    [one] Working off-line. 1 change will go out when the relay answers.
   *[other] Working off-line. { $count } changes will go out when the relay answers.
}
sync-details-connecting = { $count ->
    [0] Looking for the relay.
    [one] Looking for the relay. 1 change will go out when it answers.
   *[other] Looking for the relay. { $count } changes will go out when it answers.
}
sync-details-behind = { $behind ->
    [one] 1 change of another workstation is on its way.
   *[other] { $behind } changes of other workstations are on their way.
}
sync-details-live = What happens at other workstations shows here at once.
sync-details-stopped = This workstation has stopped exchanging changes. You can go on working; nothing is lost.
sync-quarantined = { $count ->
    [one] 1 change could not be verified and was set aside.
   *[other] { $count } changes could not be verified and were set aside.
}
sync-last-live = Last live
sync-next-try = Next try
relay = Relay

## Person

person-menu = { $name }: theme, density, settings
rights-administrator = Administrator
rights-books = Books and changes visits
rights-looks = Looks at the calendar
rights-none = No role here
theme-system = Theme of the computer
theme-light = Light
theme-dark = Dark
density-dense = Dense
density-comfortable = Comfortable
single-keys = Single-key shortcuts

## Actions

action-new-booking = New booking
action-new-booking-short = Book
action-move = Move the visit
action-move-short = Move
action-swap = Swap with another visit
action-follow-up = Book what comes next
action-change-series = Change several visits of its series
action-swap-short = Swap
hint-swap = Swap { $patient } with: choose the other visit
hint-leave-it = leaves it
announce-swap-with = Swap { $patient } with whom? Go to the other visit and press Y again. Escape leaves it.
action-copy = Copy the visit or block-out
action-cut-block = Cut the block-out
action-paste = Paste here what was copied
announce-visit-copied = Copied the visit of { $name }. Control V books the same for { $name } where the cursor is.
announce-block-copied = Copied { $title }. Control V pastes it.
announce-block-cut = Cut { $title }. Control V moves it.
action-move-usual-weeks = Move by the usual number of weeks
action-confirm = Mark as confirmed
action-confirm-short = Confirm
action-arrived = Mark as arrived
action-arrived-short = Arrived
action-seated = Seat the patient
action-seated-short = Seated
action-done = Mark as done
action-done-short = Done
action-checked-out = Check out
action-checked-out-short = Out
action-no-show = Mark as no-show
action-no-show-short = No-show
action-reopen = Back to scheduled
action-cancel = Cancel the visit
action-cancel-short = Cancel
action-edit = Edit the note
action-edit-short = Edit
action-open-patient = Show the patient
action-open-patient-short = Patient
action-asap = Would come sooner, or not
action-block = Block out time
action-block-short = Block out
action-show-broken = Show cancelled and missed visits
action-today = Today
action-today-short = Today
action-view-day = Show a day
action-view-week = Show a week
action-view-month = Show a month
action-view-list = Show a list of visits
action-find-visit = Find a visit on the screen
find-visit-label = Patient’s name
find-visit-hint = Type a name
find-visit-none = Nobody here by that name
find-visit-count = { $at } of { $count }
action-choose-columns = Choose the columns
action-name-view = Keep this view on a key
action-previous-day = Back a day, week or month
action-next-day = On a day, week or month
action-previous-week = Previous week
action-next-week = Next week
action-usual-weeks-on = The usual number of weeks on
action-usual-weeks-on-short = Weeks on
action-go-to-date = Go to a date
action-go-to-date-short = Date
action-conflicts = Needs attention
action-search = Search and do
action-search-short = Search
action-undo = Undo
action-redo = Redo
action-new-patient = New patient
action-zoom-in = Taller hours
action-zoom-out = Shorter hours
action-zoom-usual = Hours as tall as usual
action-toggle-rail = Month and work-lists
action-toggle-inspector = Details
action-theme = Change the theme
action-contrast = More contrast, or less
action-density = Change the density
action-settings = Practice settings
action-import = Import patients, visits or a calendar
action-invite = Invite a workstation
action-audit = Audit
action-backups = Backups
action-who-saw = Who saw this patient’s data
action-sync-now = Try the relay now
action-lock = Lock
action-switch-person = Switch person
action-privacy = Privacy screen
action-choose-passphrase = Choose passphrase…
action-second-factor = Second factor…
action-set-pin = PIN for this shift…
action-emergency = Emergency access…
action-end-emergency = Give emergency access back
action-help = Keys and help
action-help-short = Keys
hint-move = move
hint-page = days
hint-drop = drops
hint-put-back = puts back

## Who sits here

sign-in-who = Who is there?
sign-in = Sign in
sign-in-back = Come back
signing-in = Signing in…
sign-in-use-passphrase = Use passphrase
sign-in-pin-hint = The PIN of this shift.
sign-in-keys = another person
sign-in-enter = signs in
announce-private = Privacy screen on: cards and lists show initials.
announce-not-private = Privacy screen off.
passphrase-title = Choose passphrase
passphrase-text = It signs you in at every workstation of the practice. Nobody else knows it; an administrator can give a new one.
passphrase-current = Passphrase so far
passphrase-new = New passphrase
passphrase-hint = Three or four words are good and easy to type.
passphrase-chosen = Your passphrase is chosen
pin = PIN
pin-title = PIN for this shift
pin-text = A short way back to this desk after locking. It is forgotten when somebody else signs in here or the program ends.
pin-hint = 4 to 12 digits.
pin-digits = Digits only.
pin-set = The PIN counts for this shift
arriving-bar = The calendar is arriving
arriving-comes = The rest is on its way
arriving-waits = Waits for the relay
arriving-today = Today and the next days are here. You can look; everything else in a moment.
arriving-calendar = The whole calendar is here. You can look; write in a moment.
arriving-log = The calendar is being put together from its log. It is shown when it is whole.
arriving-search = Only patients with a visit on the next days are here yet.
arriving-month = The month has not come yet.

emergency-title = Emergency access
emergency-what = You may do everything at the calendar.
emergency-how-long = It lasts an hour; give it back earlier when you are done.
emergency-who-hears = Everybody in the practice is told, with your reason.
emergency-reason = What is the emergency?
emergency-reason-hint = A few words, without a patient’s name.
emergency-take = Take emergency access
emergency-take-lower = takes it
emergency-begun = Emergency access has begun. Everybody is told.
emergency-bar = Emergency access
emergency-until = Emergency access until { $time }
emergency-give-back = give back
emergency-told = Everybody in the practice is told.
emergency-other = { $name } has emergency access until { $time }: { $reason }

removed-title = This workstation was removed from the practice.
removed-text = It exchanges nothing with the others any more, and has locked itself. If that was a mistake, ask an administrator for a new invitation.

## What a role does not allow

may-not-hint = Ask an administrator, or take emergency access with a reason if a patient cannot wait.
may-not-administrator = Only an administrator of the practice can do this. Ask one of them.
may-not-log-ins = Nobody here has a passphrase to sign in with. Choose yours first.
may-not-way-back = You have no passphrase to come back with. Choose yours first.
may-not-own-log-in = A PIN stands in for a passphrase, and you have none yet.
may-not-view_calendar = Your role does not let you see the calendar.
may-not-create_appointment = Your role does not let you book visits and add patients.
may-not-modify_appointment = Your role does not let you change visits, patients and block-outs.
may-not-cancel_appointment = Your role does not let you cancel visits.
may-not-override_rules = Your role does not let you override a rule that refuses.

## People and roles

settings-people = People
settings-people-text = Who works here, and what each may do where.
add-person = Add a person
new-person = New person
initials = Initials
initials-hint = Made from the name if empty
roles = Roles
everywhere = Everywhere
chosen-places = Chosen locations
role-super_admin = Super Admin
role-clinic_admin = Clinic Admin
role-doctor = Doctor
role-clinical_staff = Clinical Staff
role-front_desk = Front Desk
role-billing = Billing
role-read_only = Read Only
role-super_admin-about = everything, and makes Super Admins
role-clinic_admin-about = people and settings
role-books = books
role-changes = changes visits
role-cancels = cancels
role-looks = looks at the calendar
role-sees-nothing = does not see the calendar
role-super_admin-kept = only a Super Admin gives this
role-at = { $role } ({ $places })
role-where = Where { $role } counts
role-needs-place = Choose at least one.
place-gone = a location that is gone
first-passphrase = First passphrase
first-passphrase-hint = At least 8 characters. Tell it to them; they choose their own under “Choose passphrase”.
new-passphrase = New passphrase
new-passphrase-more = New passphrase…
new-passphrase-hint = The old one does not count any more. Tell them the new one; they choose their own later.
new-passphrase-back-hint = It brings them back into use, with Read Only until you give them another role.
new-passphrase-give = Give it
people-no-passphrase = You have no passphrase yet, so this desk opens without asking and cannot lock itself while you sit here.
person-me = you
person-has-emergency = Emergency access
person-no-passphrase = No passphrase
person-emergency = Has emergency access: { $reason }
person-in-use = In use
person-is-out = Out of use: cannot sign in. A new passphrase brings them back.
person-taking-out = Once saved they cannot sign in or change anything any more, at any workstation. What they did stays.
person-added = Added { $name }
person-changed = Changed { $name }
person-taken-out = { $name } is out of use
person-new-passphrase = { $name } has a new passphrase
permissions = What each role may do
permissions-text = Each tick counts at once, at every workstation.
permissions-keys = Arrows move, Space ticks.
permission = May
permission-of = { $role }: { $what }
permission-changed = changed
permission-given = { $role } may now { $what }
permission-taken = { $role } may no longer { $what }
workstations = Workstations
workstation-here = this one
workstation-removed = removed
workstation-remove = Remove it
workstation-remove-more = Remove…
workstation-remove-of = Remove { $name }
workstation-remove-title = Remove { $name }?
workstation-remove-text = It can no longer exchange changes with the practice, and the practice’s key is changed, so that it cannot read what comes from now on. What it has on its disk stays there, encrypted. To come back it needs a new invitation.
workstation-was-removed = { $name } is removed
locking = Locking
lock-after = Lock this desk after
lock-never = Never
lock-minutes = { $count ->
    [one] 1 minute
   *[other] { $count } minutes
}
lock-text = When nobody touches it, and at this workstation only. Whoever comes back signs in again, or types the PIN of their shift.
factor-title = Second factor
factor-text = Beside your passphrase, a code from an app on your phone is asked for when you sign in, at every workstation, without the internet too.
factor-scan = Scan this with an authenticator app.
factor-type = If it cannot scan, type this secret:
factor-qr = The secret to scan
factor-code = Code
factor-code-hint = The six digits that the app shows now
factor-confirm = Turn it on
factor-is-on = The second factor is on
factor-backup-text = It is on. Should the phone be lost, each of these codes works once in place of one. Print them or write them down: they are not shown again.
factor-kept = I have kept them
factor-on-text = { $count ->
    [one] A code is asked for when you sign in. 1 backup code is left.
   *[other] A code is asked for when you sign in. { $count } backup codes are left.
}
factor-trust = Do not ask at this workstation
factor-trust-text = For you only. Anywhere else a code is asked for as before.
factor-required = The practice asks administrators for one: without it you may do nothing as administrator.
factor-remove-hint = A code of the app or a backup code takes it away
factor-remove = Turn it off
factor-was-removed = The second factor is off
factor-missing = The practice asks administrators for a second factor. Until you have one, you may do nothing as administrator.
factor-set-up = Set it up
factor-require = Administrators need a second factor
factor-require-text = Each sets it up for themselves, at their name above. You need one before you can ask it of others.
person-has-factor = Second factor
sign-in-code = Code
sign-in-code-hint = Six digits from your authenticator app, or a backup code
kit = Recovery kit
kit-text = Parts on paper, kept in different safe places. Any two of them bring the practice back when every workstation or every passphrase is lost; one alone is useless to a thief.
kit-never = No recovery kit was ever made.
kit-made = Kit { $name }, { $parts } parts, made on { $date } by { $by }.
kit-is-used = It was used, so it counts no more: make a new one.
kit-is-behind = The practice’s key has changed since in a way this kit does not know: make a new one.
kit-not-at-relay = The relay does not keep what this kit needs: make a new one while the relay answers.
kit-make-more = Make a kit…
kit-renew-more = Renew…
kit-only-super = A Super Admin makes it, because whoever holds two parts becomes one.
kit-make-title = Make a recovery kit
kit-make-text = It is shown once, to be printed, and nobody keeps a copy. Give each part to somebody else, or another safe.
kit-renew-warning = Kit { $name } counts no more from then on.
kit-parts = Parts
kit-parts-hint = Any two are needed. Three allow one to get lost.
kit-make = Make it
kit-shown-title = Recovery kit { $name }
kit-shown-text = Print it now: once this is closed it cannot be shown again.
kit-print = Print
kit-copy = Copy as text
kit-printed = I have it on paper
kit-part = Part { $number } of { $parts }
kit-part-title = Recovery kit { $name } of { $practice }
kit-part-made = Made on { $date }
kit-part-relay = Relay: { $relay }
kit-part-no-relay = No relay: it only gives an administrator a new passphrase at a workstation of the practice.
kit-part-how = Any two parts of this kit, together, bring the practice back: in an empty Orca Front Desk choose “Restore with the recovery kit”. Keep each part in another place, like cash. It counts until the next kit is made or this one is used.
kit-part-qr = The part as a picture to scan
kit-first = One part
kit-second = Another part
kit-part-hint = Eight groups of five letters and digits, as printed
kit-relay-hint = Printed on each part
start-kit = Restore with the recovery kit
start-kit-text = Every workstation or passphrase is lost, the relay is there.
start-kit-how = Two parts of the newest kit bring everything back from the relay. Under the name of an administrator you are that person again; the kit is used up by it.
kit-forgotten-more = Passphrase forgotten?
kit-forgotten-title = A new passphrase for { $name }
kit-forgotten-text = An administrator gives a new one under People. Who is the last of them takes two parts of the recovery kit; it is used up by that.
kit-give = Take the new passphrase
set-aside = Set aside
set-aside-text = Received and not applied. Nothing of it is shown anywhere; it is kept so that it can be looked into.
set-aside-none = Nothing was set aside: everything that came was signed by somebody who may.
set-aside-unknown = Unknown workstation
set-aside-position = entry { $position }
set-aside-work = { $what } · { $patients }
set-aside-by = { $person }, { $workstation }
set-aside-let-in = Let in
set-aside-let-in-more = Let in…
set-aside-let-in-of = Let in: { $what }
set-aside-let-in-title = Let this in?
set-aside-let-in-text = { $what } ({ $by }) counts at every workstation as if its author had been allowed to do it. Whoever looks here sees that you let it in, and why.
set-aside-reason = Why is it let in?
set-aside-reason-hint = A few words, without a patient’s name.
set-aside-was-let-in = Let in: every workstation takes it in
set-aside-waits = Let in by { $by } as soon as the relay has it
set-aside-released = Let in again
set-aside-released-by = let in by { $by }: { $reason }
set-aside-released-waiting = waits for what it builds on
set-aside-somebody = somebody who is gone
set-aside-unreadable = Cannot be read here

## Printing

action-print = Print…
print-title = Print
print-what = What
print-day = Day sheet
print-week = Week
print-slips = Route slips
print-by = Columns
print-by-rows = Rows
print-by-operatory = Operatories
print-by-provider = Providers
print-only = Only
print-only-all = Everything
print-paper = Paper
print-a4 = A4
print-letter = US Letter
print-private = Initials instead of names
print-private-hint = Nor telephone numbers, birth dates, alerts or notes
print-save = Save and open
print-making = Making the PDF…
print-saved = Saved { $name }: { $pages ->
    [one] 1 page
   *[other] { $pages } pages
}
print-saved-hint = Print it from the viewer. The file names patients and is not encrypted: remove it when you are done.
print-saved-private-hint = Print it from the viewer.

## Downtime pack

downtime = Downtime pack
downtime-text = The next days as you would print them: one PDF and a calendar file for each location, written every hour, for the day the power or a computer fails. Keep it on a laptop or a memory stick.
downtime-plain = These files are not encrypted and hold patients’ data: whoever opens the folder can read them. It is off until you choose a folder.
downtime-failed = The last downtime pack could not be written.
downtime-good = The last pack was written { $age }.
downtime-last-good = The last whole one was written { $age } and is still there.
downtime-never = No downtime pack has been written here.
downtime-facts = { $when } · { $visits ->
    [one] 1 visit
   *[other] { $visits } visits
} · { $pages ->
    [one] 1 page
   *[other] { $pages } pages
} · { $folder }
downtime-next = Next: { $when }, if the window is open then
downtime-now = Write now
downtime-writing = Writing the downtime pack…
downtime-written = The downtime pack was written.
downtime-off = No downtime pack is written any more. The last one stays in its folder.
downtime-save = Keep this
downtime-stop = Stop writing it
downtime-where = Where to write it
downtime-folder-hint = A folder of its own, on something that works without this computer
downtime-days = Days
downtime-days-hint = Today and the days after it, 1 to 14
downtime-locations = Locations
downtime-all-locations = All
downtime-private = Initials instead of names
downtime-password = Password for the PDF
downtime-password-set = A password is set; type another one to change it
downtime-password-hint = At least eight letters, or empty for none. Calendar files cannot have one and then hold initials.
downtime-password-remove = Open it without a password again

## Backups

settings-backups = Backups
settings-backups-text = Copies of the whole practice, encrypted, on another disk. Each is read back and checked before it counts.
backup = Backup
backup-failed = The last backup failed.
backup-tell-administrator = Tell an administrator.
backup-good = The last backup was made { $age } and is sound.
backup-last-good = The last good one was made { $age }.
backup-never = No backup has been made here yet.
backup-next = Next: { $when }, if the window is open then
backup-now = Back up now
backup-making = Making a backup…
backup-made = A backup was made and checked.
backup-sizes = { $all }, { $more } new
backup-schedule = When and where
backup-folder = Folder
backup-folder-hint = On another disk: a network share, a USB disk, a folder that a cloud service copies. Nothing in it can be read without the passphrase.
backup-choose = Choose…
backup-every = Every
backup-hours = { $count ->
    [one] hour
   *[other] { $count } hours
}
backup-daily = Days kept
backup-daily-hint = The last backup of each
backup-weekly = Weeks kept
backup-weekly-hint = The last backup of each
backup-passphrase = Passphrase of the practice
backup-passphrase-why = So far only this computer’s keychain opens the practice. Choose a passphrase, write it down and keep it where it survives the computer: without it nobody can open a backup.
backup-stop = Turn the schedule off
backup-off = No backups are made by themselves any more.
backup-list = Backups in the folder
backup-list-none = The folder has no backups yet.
backup-check = Check
backup-check-of = Check the backup of { $when }
backup-checking = Checking the backup
backup-sound = Sound: { $records } records
backup-restore-how = To go on from one, start the program on a computer without a practice and choose “Restore from a backup”.
age-now = just now
age-minutes = { $count ->
    [one] 1 minute ago
   *[other] { $count } minutes ago
}
age-hours = { $count ->
    [one] 1 hour ago
   *[other] { $count } hours ago
}
age-days = { $count ->
    [one] 1 day ago
   *[other] { $count } days ago
}

## The audit

settings-audit = Audit
settings-audit-text = Who looked at or changed what at this workstation. Nothing in it can be changed, removed or put in unnoticed.
audit-search = Search the audit
audit-person = Who
audit-anybody = Anybody
audit-any-patient = Anybody’s data
audit-what = What
audit-anything = Looks and changes
audit-looks = Looks
audit-changes = Changes
audit-this-one = This one: { $name }
audit-from = From
audit-until = Until
audit-day-example = 24 Nov
audit-every-patient = { $name }: search all patients again
audit-clear = Clear
audit-searching = Searching…
audit-count = { $count ->
    [one] 1 entry, newest first
   *[other] { $count } entries, newest first
}
audit-count-more = The newest { $count } entries; older ones come as you scroll
audit-none = Nothing like this is in the audit.
audit-elsewhere = Of another workstation its changes are known here; who looked at what is written down there.
audit-entries = Entries
audit-entry = Entry { $number }
audit-times = { $words } ({ $count } times)
audit-patients = { $count } patients
audit-from-until = { $from } until { $until }
audit-when = When
workstation = Workstation
audit-about = About
audit-command-line = command line
audit-whose = Whose data
audit-and-more = and { $count } more; all are in the file that you save
audit-became = became
audit-covered = The privacy screen covers what was changed.
audit-save = Save as a file
audit-save-csv = Table (CSV)
audit-save-json = JSON
audit-saved = Saved { $name }: { $count ->
    [one] 1 entry
   *[other] { $count } entries
}
audit-saved-hint = It names patients: keep it as carefully as the practice’s data.
audit-check = Is the audit whole?
audit-check-more = Check…
audit-check-again = Check again
audit-check-lower = checks again
audit-checking = Checking the audit
audit-whole = { $looks } looks and { $changes } changes in { $entries } entries: everything is as it should be.
audit-broken = { $count ->
    [one] Something in the audit is wrong.
   *[other] { $count } things in the audit are wrong.
}
audit-broken-hint = Keep a copy of the program’s data folder as it is, and ask who has access to this computer.
audit-lost = This workstation went on from a backup: what came after it, up to entry { $number } at least, is lost.
audit-stands = Where the audits stand
audit-stands-text = What is known here of each workstation. Type the line of this one at another workstation, or the other way round: who rewrote an audit is found out.
audit-copy-of = Copy the line of { $name }
audit-compare = Compare with a line from another workstation
audit-compare-hint = A number, a colon and 64 letters and digits, as they stand above at the other workstation.
who-saw = Who saw this
who-saw-of = Who saw the data of { $name }
who-saw-text = { $people ->
    [0] Nobody is in the audit.
    [one] One person: looks at this workstation, changes from all of them.
   *[other] { $people } people: looks at this workstation, changes from all of them.
}

## Help

help-title = Keys
help-sheet = On the day sheet
group-visit = The chosen visit
group-booking = Booking
group-day = The day
group-go = Getting about
group-screen = The screen
group-practice = The practice
group-person = Who sits here
grid-key-arrows = Move the cursor
grid-key-enter = Open the visit, or book here
grid-key-nudge = Move the visit in time
grid-key-length = Longer, shorter
grid-key-page = Page; in move mode, other days
grid-key-views = Your views
grid-key-keep-view = Keep this view on the key
grid-key-escape = Put back, close
grid-key-tab = Sheet, details, rail, bar
about = Orca Front Desk { $version }, time-zone data { $zones }

## A visit

visit = Visit
age = { $years ->
    [one] 1 year
   *[other] { $years } years
}
first-visit = First visit
alert = Alert
unknown-type = A kind of visit that is gone
pattern-words = { $provider } is needed { $needed } of { $total } minutes
show-conflict = Needs attention
status-scheduled = Scheduled
status-confirmed = Confirmed
status-arrived = Arrived
status-seated = Seated
status-completed = Done
status-checked_out = Checked out
status-cancelled = Cancelled
status-no_show = No-show
doctor-needed = Doctor needed at the chair
come-early = Asked to come
early-not = At the time of the visit
early-by = { $minutes } minutes early
early-by-at = { $minutes } minutes early, at { $time }
comes-early = Comes at { $time }, { $minutes } minutes early
asap = Would come sooner if possible
note-placeholder = Add a note
note-saved = Note saved
note-kept-here = What you wrote is still here.
note-other = Meanwhile somebody else wrote: “{ $note }”
note-keep-mine = Keep mine
note-take-theirs = Take theirs
actions = Actions
calendar-file = Calendar file
ics-saved = Saved { $name }
history = History
taken-back = taken back

## What was done

done-moved = Moved { $patient } to { $when }, { $operatory }
done-swapped = Swapped: { $patient } at { $when }, { $other } at { $otherWhen }
done-resized = { $patient } now takes { $minutes } minutes
done-status = { $patient }: { $status }
done-doctor-called = { $patient } needs the doctor
done-doctor-not-needed = { $patient } no longer needs the doctor
done-cancelled = Cancelled { $patient }
done-early = { $patient } is asked to come { $minutes } minutes early
done-not-early = { $patient } comes at the time of the visit
done-asap = { $patient } would come sooner
done-not-asap = { $patient } keeps this time
done-booked = Booked { $patient }, { $when }, { $operatory }
done-patient-added = Added { $patient }
done-patient-changed = Changed { $patient }
done-blocked = Blocked out { $from }–{ $until }: { $title }
done-block-changed = Changed the block-out { $title }, { $from }–{ $until }
done-block-removed = Removed the block-out { $title }

## Rules in the way

leave-refused = This does not fit
leave-warned = Please look at this first
leave-do-it = Do it anyway
leave-put-back = Put it back
override-reason = Why do it anyway?
policy-allow = Allowed
policy-warn = Possible, if you want it
policy-refuse = Not possible without a reason

## Booking

booking-how = Type a name, digits of a phone, or a birth date.
patient = Patient
patient-placeholder = Name, phone, birth date or chart
other-patient = Change the patient
new-patient-named = New patient “{ $name }”
add-patient = Add the patient
add-all-the-same = Add all the same
search-again = Search again
similar-patients = Somebody like this is here already:
next-visit = Next visit { $when }
type-placeholder = Letter, code or name
procedures = Done in the same visit
procedures-of = Done in this visit of { $patient }
add-procedure = Add a procedure
procedure-placeholder = Letter, code or name
leave-out = Leave out { $name }
procedures-together = { $minutes } minutes together, { $needed } of them with the doctor
the-doctor = The doctor
done-procedures = { $patient } now has { $minutes } minutes
other-type = Change the type
operatory = Operatory
operatories = Operatories
provider = Provider
providers = Providers
openings = Openings
openings-learned = As on earlier visits: { $what }
other-openings = Other openings
action-family = Book a family together
family-with = With siblings…
family-how = Choose two to six patients who come together.
family-what-for = What for?
family-another = Another one of the family
family-relatives = Same phone:
family-added = { $patient } comes along
family-full = Six patients at the most.
family-type-of = Kind of visit of { $patient }
family-without = Without { $patient }
family-arrangement = How they come
arrangement-any = Whatever is shortest
arrangement-side_by_side = At the same time
arrangement-back_to_back = One after the other
family-choose-types = Choose what each of them needs.
family-no-openings = They cannot all come then. Try other days, or one after the other.
family-stay = { $count } min in all
family-book = Book all { $count }
done-family = Booked { $patients }: { $when }
wish = When would suit?
wish-example = 6w after school mon-thu, 6-8 weeks mornings, next week chen
wish-from = From { $date }
wish-after = after { $time }
wish-before = over by { $time }
wish-between = { $from } to { $until }
wish-unread = Not understood: { $words }
no-openings-wished = Nothing is free then. Try fewer wishes.
no-openings = No opening in the next four weeks. Go to a later day and try again.
or-point = Or click or drag over free time on the sheet.
show-that-visit = Show that visit
is-free = { $operatory } and { $provider } are free
book = Book
book-anyway = Book anyway
no-such-time = The clocks go forward that night: this time does not exist.
take-instead = Take { $time }
the-later = (the later)
later-of-two = The clocks go back that night: take the later of the two

## A patient

family-name = Family name
given-name = Given name
preferred-name = Called
birth-date = Birth date
birth-date-hint = 9.5.2014 or 9 May 2014
mobile-phone = Mobile phone
home-phone = Home phone
chart-number = Chart number
alert-hint = Shown at every visit: allergies, medication, what to watch for
responsible-person = Responsible person
relationship = Is the patient’s
relationship-example = mother, father
next-visits = Next visits
last-visits = Last visits
no-next-visit = Nothing is booked
no-last-visit = None yet

## Dialogs

cancel-title = Cancel this visit?
cancel-visit = Cancel the visit
keep-visit = Keep it
other-reason = Another reason
history-before = Before and after
step-lasted-seated = waited { $minutes } min
step-lasted-completed = in the chair { $minutes } min
step-lasted-checked_out = in the house { $minutes } min
reason-how = 1 and Enter takes the first reason.
reason-by-number = Enter: { $reason }
date-examples = 14, 14.3, 24 Nov, +2w, fri
date-not-read = This date cannot be read. Write it like 24 Nov or 24.11.2026.
time-not-read = Write the time like 9:40.
until-before-from = Ends before it begins.
block-change = Block-out
block-title = What for
block-title-hint = Lunch, meeting, vacation
block-target = Who or what
block-policy = Bookings then
block-policy-block = are refused
block-policy-warn = are possible after a warning
block-policy-restricted = are only for some kinds of visit
block-types = For these kinds of visit
block-remove = Remove
repeat = Again
repeat-once = Only this once
repeat-weekly = By weeks
repeat-monthly-on-date = By months, same date
repeat-monthly-on-weekday = By months, same weekday
repeat-monthly-last = By months, last such weekday
repeat-every-weeks = Every … weeks
repeat-every-months = Every … months
repeat-until = Last day
repeat-weekdays = On these days (none: the same weekday)
series-scope = Change or remove
series-span = { $count ->
    [one] One block-out, { $first }
   *[other] One of { $count }, { $first } to { $last }
  }
series-this = only this one
series-following = this and the following
series-all = all of them
rules = Rules
rules-how = What happens when a visit is booked or moved although …
rules-of-type-how = Only where visits of this type are to be treated otherwise.
rule-operatory_overlap = Two visits are in one operatory
rule-doctor_time_overlap = Two visits need one doctor at once
rule-patient_overlap = A patient is in two places
rule-outside_location_hours = It is outside opening hours
rule-outside_provider_hours = It is outside the provider’s hours
rule-time_block = It is on a block-out
rule-buffer = Too little time stays free between visits
rule-type_not_allowed = The type does not allow the provider, operatory or location
rule-template_mismatch = It is not as the day’s template has it
rule-emergency_hold = The time is kept for emergencies
rule-same_day_visit = A patient is booked who comes that day already
rule-same_type_ahead = A patient is booked who has such a visit ahead
rule-visits_per_hour = More visits begin in an hour than may
rule-equipment = More visits at once use equipment than there are pieces
rule-assistants = More visits at once need an assistant than there are
rule-day_of_visit = A visit is put on a day that is over, or marked before its day
rule-as-practice = As in the practice: { $policy }
policy-does-allow = nothing is said
policy-does-warn = the desk asks first
policy-does-refuse = only with a reason
type-class = Class
type-class-hint = What kind of work it is, for templates: Bonding. May stay empty
series = Series
series-open = Repeat…
series-title = Repeat this visit
series-from = from { $date }, { $time }
series-ends = Ends
series-ends-count = after so many times
series-ends-until = on a date
series-times = Times
series-passes-over-closed = Pass over days on which the practice is closed
repeat-daily = By days
repeat-every-days = Every … days
series-sum = { $count ->
    [one] One visit
   *[other] { $count } visits
  }, { $misfits ->
    [0] all fit
    [one] one does not fit
   *[other] { $misfits } do not fit
  }
series-dates = Dates
series-fits = fits
series-state-warned = Possible after a warning
series-state-refused = Does not fit
series-state-closed = Closed
series-state-no_such_time = No such time
series-choose = What to do about { $date }
series-as-planned = As planned
series-leave-out = Leave out
series-stays = Stays as it is
series-passed-over = { $count ->
    [one] One day is passed over or stays as it is
   *[other] { $count } days are passed over or stay as they are
  }
series-override-hint = Or choose an opening for each date that does not fit
series-book = Book all
series-position = Visit { $position } of { $count }
series-visits = All visits of the series
series-by-hand = moved by hand
series-change-open = Change several…
series-none = The visit of { $patient } is not one of a series. “Repeat…” in a booking makes one.
series-file = Calendar file of all
series-change-title = Change visits of a series
series-which = Which visits
series-verb = What to do
series-verb-move = Change time, place or kind
series-verb-confirm = Confirm
series-verb-schedule = Back to scheduled
series-verb-cancel = Cancel
series-move-how = Give this visit another time, place or kind: the others go along.
series-reason = Reason
series-do = do it
done-series-booked = { $count ->
    [one] Booked one visit for { $patient }
   *[other] Booked { $count } visits for { $patient }
  }
done-series-changed = { $count ->
    [one] Changed one visit of { $patient }
   *[other] Changed { $count } visits of { $patient }
  }
done-series-cancelled = { $count ->
    [one] Cancelled one visit of { $patient }
   *[other] Cancelled { $count } visits of { $patient }
  }
blocks-left-out = { $count ->
    [one] One day was left out.
   *[other] { $count } days were left out.
  }
done-blocks-added = { $count ->
    [one] Blocked out { $title }
   *[other] Blocked out { $title } on { $count } days
  }
done-blocks-changed = { $count ->
    [one] Changed { $title }
   *[other] Changed { $title } on { $count } days
  }
done-blocks-removed = { $count ->
    [one] Removed { $title }
   *[other] Removed { $title } on { $count } days
  }
done-blocks-pasted = { $count ->
    [one] Copied one block-out to { $date }
   *[other] Copied { $count } block-outs to { $date }
  }
done-blocks-moved = { $count ->
    [one] Moved one block-out to { $date }
   *[other] Moved { $count } block-outs to { $date }
  }
action-paste-blocks = Copy block-outs to another day or week
paste-open = Copy or move …
paste-what = What
paste-block = { $title }
paste-day = Every block-out of { $date }
paste-week = Every block-out of the week of { $date }
paste-to = To this day
paste-to-week = To the week of this day
paste-cut = Move instead of copying
paste-do = Paste

## Absences and the pinboard

pinboard = Needs a new time
pinboard-empty = No visit needs a new time.
pinboard-stays = It stays
pinboard-whose = Whose
pinboard-all = Everybody’s ({ $count })
pinboard-own = Put here by me ({ $count })
pinboard-own-empty = You have put no visit here.
pinboard-put-by = put here by { $person }
needs-new-time = Needs a new time: { $reason }
absences = Away and closed
absences-none = Nobody is away.
absence-remove = Remove the absence { $what }
absence-change = Change the absence
absence-change-which = Change the absence { $what }
absence-take-back = Take it back
absence-who = Who or what
absence-reason = Why
absence-vacation = Vacation
absence-ill = Ill
absence-course = Course
absence-holiday = Holiday
absence-repair = Out of order
absence-other = Something else
absence-first = First day
absence-last = Last day
absence-from = From time
absence-until = Until time
absence-all-day = Empty: all day
absence-backwards = The last day is before the first.
absence-title = In words
absence-title-hint = Shown instead of the reason; may stay empty
absence-displaced = Visits that need a new time
absence-count = { $count ->
    [0] Nobody has a visit then.
    [one] One visit needs a new time.
   *[other] { $count } visits need a new time.
  }
absence-more = And { $count } more.
absence-others = then with { $names }
absence-opening = free { $when }
absence-no-opening = no free time found
whole-practice = The whole practice, all locations
absence-enter = Enter the absence
done-absence = { $count ->
    [0] Entered: { $what }
    [one] Entered: { $what }. One visit needs a new time.
   *[other] Entered: { $what }. { $count } visits need a new time.
  }
done-absence-changed = { $count ->
    [0] Changed: { $what }. Nobody had a visit then.
    [one] Changed: { $what }. One visit needs a new time.
   *[other] Changed: { $what }. { $count } visits need a new time.
  }
done-absence-removed = Removed: { $what }
visit-under-block = Blocked out: { $block }
booked-there-what = Visits are booked there
booked-there-keep = Let them stay
booked-there-keep-text = Nobody is told; they keep their time
booked-there-pin = They need a new time
booked-there-pin-text = They go onto the list of visits that need a new time, where “Find new times for all” plans them
done-pinned = { $patient } is on the list of visits that need a new time
done-unpinned = { $patient } stays where they are
action-absence = Somebody is away or a place is closed
action-absence-here = Away or closed: this column
action-ill-today = Somebody is ill from now on
action-pinboard = Visits that need a new time
action-pin = Needs a new time
action-pin-short = Needs a new time
action-unpin = Stays where it is
action-unpin-short = Stays
operatory-hours = Hours of its own
alternate-weeks = Alternate weeks
weeks-from = A day of a first week
weeks-from-hint = The hours above are those of the first week.
week-number = Week { $number }
week-number-at = Week { $number } at { $name }
add-week = Add a week
remove-week = Remove the last week
special-days = Special days and holidays
special-days-hint = Dates with hours of their own. Without hours: closed, or not in.
special-day = Special day { $number }
special-hours = Hours
add-special-day = Add a day
remove-special-day = Remove special day { $number }
whole-place = All of { $name }

## Needs attention

conflicts-count = { $count ->
    [one] 1 conflict needs attention
   *[other] { $count } conflicts need attention
}
no-conflicts = Nothing needs attention. When two desks book the same chair while they cannot see each other, both visits stay and you decide here.
conflict-by = { $person }, { $workstation }, { $time }
conflict-first = was first
conflict-told-at = Patient confirmed { $time }
conflict-told = Patient has confirmed
conflict-not-told = Not confirmed yet
conflict-no-ways = No free time in the next four weeks.
conflict-no-way = This card has no way out number { $number }.
conflict-keys = Keys 1–9 take a way out while the card has the focus; 1 disturbs least. Undo takes it back.
conflict-shown = shows now
conflict-move-to = Move to { $when }, { $operatory }
show-on-calendar = Show
keep-both = Keep both
keep-both-with-reason = Keep both with a reason…
keep-both-why = Why may both stay?
conflict-kept = Both visits stay.
conflict-field = Two desks changed the { $field } of { $subject }.
conflict-choose = Take this one
conflict-chosen = Decided.

## New times for many visits

action-reschedule = Find new times for a provider’s day…
pinboard-plan = Find new times for all…
reschedule-title = New times for many visits
reschedule-day = Day that cannot be kept
reschedule-of-pinboard = { $count ->
    [one] One visit of the pinboard
   *[other] { $count } visits of the pinboard
}
reschedule-within = New times within
reschedule-days = { $count } days
reschedule-others = Other providers may take over
reschedule-plan = Proposed new times
reschedule-moves = Move
reschedule-from = Now
reschedule-to = New time
reschedule-changes = What changes for the patient
reschedule-move-one = Move { $patient }
reschedule-stays = stays
reschedule-no-time = no new time
reschedule-planning = Looking for the plan that disturbs least…
reschedule-sum = { $placed ->
    [one] One visit finds a new time
   *[other] { $placed } visits find a new time
}{ $left ->
    [0] .
    [one] , one does not.
   *[other] , { $left } do not.
}
reschedule-why = Why, for the history (may stay empty)
reschedule-apply = { $count ->
    [0] Move visits
    [one] Move 1 visit
   *[other] Move { $count } visits
}
done-rescheduled = { $count ->
    [one] One visit has a new time
   *[other] { $count } visits have new times
}

## Import

import-kind = What is in the file
import-patients = Patients (CSV)
import-appointments = Visits (CSV)
import-calendar = A calendar (.ics)
import-file = File
import-whose = Whose time it takes
import-whose-hint = For events that are not visits
import-nobody = The whole location
import-try = Try it
import-now = Import
import-running = Reading the file…
import-progress = { $what }: { $done } of { $total }
import-tried = Nothing is changed yet. It would add { $added }, change { $updated }, leave { $unchanged } as they are; { $failed } cannot be read.
import-done = Added { $added }, changed { $updated }, left { $unchanged } as they were; { $failed } could not be read.
import-stopped = Stopped. Until then: added { $added }, changed { $updated }, left { $unchanged } as they were; { $failed } could not be read.
import-only-failed = Only lines that could not be read
import-report = Line by line
file-not-read = { $name } could not be read.
line = Line
outcome = Outcome
outcome-added = Added
outcome-updated = Changed
outcome-unchanged = Was here
outcome-failed = Not read

## Invite

invite-text = Makes a code for one more workstation. It works once.
invite-first-text = Workstations meet at a relay. It carries sealed changes and cannot read them. Give its address once.
invite-roles = Whoever comes in is
invite-make = Make an invitation
invite-making = Making it…
invite-how = On the other workstation choose “Join a practice” and type or scan this code.
invite-qr = The code as a picture to scan
invite-expires = Works once, until { $time }
relay-address = Address of the relay
relay-address-hint = As whoever runs it told you
relay-token = Registration code
relay-token-hint = Only if the relay asks for one

## First start

start-title = Welcome. How shall we begin?
start-found = Start a practice
start-found-text = On this workstation, ready to book in a minute.
start-join = Join a practice
start-join-text = With a code from another workstation.
start-restore = Restore from a backup
start-restore-text = After a new disk or computer, with the practice’s passphrase.
restore = Restore
restore-text = The workstation goes on where the backup was made. What the relay has beyond it comes with the next sync.
restore-folder-hint = Where the backups lie, as it was set up: /mnt/backup/orca
restore-look = Look into it
restore-none = There is no backup in this folder.
restore-passphrase-hint = The one that the practice had when the backup was made.
join-running = Fetching the practice
restore-running = Restoring…
restore-moment = { $date } { $time } UTC
start-demo = Look at the demo
start-demo-text = An invented practice with a full day sheet.
start-data-dir = Data will be kept, encrypted, in { $dir }
start-failed = The practice could not be opened
unlock-title = Passphrase, please
unlock-text = This practice is encrypted on this workstation.
join-text = At a workstation that is in already: menu, Invite a workstation.
invitation-code = Code
workstation-name = Name of this workstation
workstation-hint = As the others will see it: Front desk 2
practice-name = Name of the practice
time-zone = Time zone
time-zone-hint = Visits keep this wall time
your-name = Your name
your-name-hint = Shown beside what you do
passphrase = Passphrase
passphrase-again = Once more
passphrase-short = At least 8 characters; a few words are good.
passphrase-differs = The two are not the same.
passphrase-why = This computer has no keychain, so the practice’s key is locked with a passphrase. It is asked for at every start and cannot be recovered.
join = Join
start = Start

## Settings

back-to-day = Back to the day
settings-practice = Practice
settings-locations = Locations
settings-locations-text = Where the practice is, with its zone and opening hours.
settings-operatories = Operatories
settings-operatories-text = Chairs and rooms: the columns of the day sheet.
settings-providers = Providers
settings-providers-text = Who treats, and when they are in.
settings-types = Types of visit
settings-types-text = Kinds of visit with their usual length and time pattern.
settings-openings = Openings
settings-openings-text = How many visits may begin in an hour, and which free times come first.
limits = Visits in an hour
limits-how = How many visits may begin in one hour on the clock of a location. Openings keep to it; what happens when somebody books one more is among the rules of the practice.
limits-none = No limits: as many as fit.
limit-everybody = Everybody
limit-every-type = Every type
limit-most = Visits an hour
limit-not-read = A number from 1 to { $most }
limit-twice = There is a limit for these already
limit-add = Add a limit
limit-remove = Remove the limit: { $whom }
weights = Which free times come first
weights-how = What counts when openings are ranked, and how much. What is off is not even mentioned. Each opening says what spoke for it.
weight-off = Off
weight-little = Little
weight-normal = Normal
weight-much = Much
weight-first = First
ranks-lead_time = The sooner, the better
ranks-lead_time-how = First: an earlier day always wins
ranks-template = As the day’s template has it
ranks-template-how = A slot that is meant for the visit rather than none
ranks-load = The doctor with less to do that day
ranks-load-how = Little: only between doctors who are free at one time
ranks-continuity = The doctor and operatory of earlier visits
ranks-continuity-how = Whom and where the patient had most of the last twelve kept visits
ranks-preferences = When the patient usually comes
ranks-preferences-how = The weekday and half of the day of at least two in three kept visits
ranks-fragments = No gaps that are too short to use
ranks-fragments-how = Free time stays in one piece
ranks-family = A day on which the family comes
ranks-family-how = Others of the family have a visit that day
settings-equipment = Equipment
settings-equipment-text = What visits share, like a scanner or an X-ray unit, and how many of it each location has.
new-equipment = New equipment
equipment-name-hint = As it is called: Scanner, X-ray
equipment-pieces = Pieces at each location
equipment-pieces-wrong = 0 to { $most } pieces
equipment-retired-hint = What is not in use limits nothing.
equipment-nowhere = nowhere
equipment-used = Equipment that such a visit uses
equipment-number = Equipment { $number }
equipment-which = Equipment
equipment-from = From minute
equipment-until = To minute
equipment-add = Add equipment
equipment-leave-out = Without equipment { $number }
equipment-minutes-wrong = From an earlier to a later of the visit’s { $length } minutes, in steps of five.
equipment-twice = It is there twice for the same minutes.
assistants = Assistants
assistants-hint = How many are there when: 8:00–12:00 = 3, 12:00–17:00 = 2. With all days empty they are not counted; else nobody is there at other times.
assistants-not-read = Write times and a number from 1 to 99, like 8:00–12:00 = 3
type-assistant = Needs an assistant
type-assistant-none = Never
type-assistant-doctor_away = While the doctor is away (/)
type-assistant-whole_visit = For the whole visit
capacity-in-use = In use
capacity-at = In use at { $place }
capacity-assistants = { $count ->
    [0] nobody today
   *[other] up to { $count }
}
visit-without-assistant = Too few assistants { $times }
capacity-pieces = { $count ->
    [0] none here
    [one] 1 piece
   *[other] { $count } pieces
}
capacity-none-left = None left { $times }
capacity-too-few = Too few { $times }
capacity-some-left = Some left all day
capacity-unused = Not in use
capacity-used = { $used } of { $pieces } in use
visit-uses = Uses { $equipment }
visit-uses-part = { $name } { $times }
time-increment = Time increment
time-increment-hint = The steps of the day sheet
new-location = New location
new-operatory = New operatory
new-provider = New provider
new-type = New type of visit
address = Address
opening-hours = Opening hours
hours-at = Hours at { $name }
hours-hint = Like 8:00–12:00, 13:00–17:00. Empty means closed.
hours-not-read = Write it like 8:00–17:00.
is-active = In use
retired = not in use
operatory-name-hint = As it is called: Op 3, Room 2
usual-provider = Usual provider
nobody-usual = Nobody in particular
provider-name-hint = Dr Mei Chen
short-name = Short name
short-name-hint = For column heads: Chen
kind = Kind
kind-doctor = Doctor
kind-hygienist = Hygienist
kind-assistant = Assistant
colour = Colour and pattern
hue-0 = Periwinkle, slanted lines
hue-1 = Ochre, dots
hue-2 = Plum, level lines
hue-3 = Aqua, lines slanted the other way
hue-4 = Crimson, upright lines
hue-5 = Lime, squares
hue-6 = Violet, chequers
hue-7 = Forest, crossed lines
hue-8 = Clay, fine dots
hue-9 = Steel, double level lines
hue-10 = Wine, broad slanted lines
hue-11 = Teal, double upright lines
code = Code
time-pattern = Time pattern
time-pattern-wrong = It needs X and / only, five minutes each.
time-pattern-long = Twelve hours are the longest a type can be.
pattern-cell = { $minutes } minutes: { $who }
pattern-doctor = provider
pattern-assistant = assistant
pattern-sum = { $total } minutes, { $doctor } of them with the provider
pattern-longer = 5 minutes longer
pattern-shorter = 5 minutes shorter
pattern-how = Drag over the cells, or use the arrow keys with X (provider), / (assistant), + and −. Shift with an arrow paints on.
pattern-typed = As text
letter-free = Nobody has { $letter } yet
letter-taken = { $name } has it; { $letter } is free
only-locations = Only at (none ticked: everywhere)
follow-up = Next visit
follow-up-hint = Offered when a visit is booked or done
follow-up-none = None
follow-up-itself = Another of the same
follow-up-weeks = Weeks later
follow-up-words = { $name } in { $weeks ->
    [one] 1 week
   *[other] { $weeks } weeks
 }
follow-up-offer = Shift+N books { $next }.
follow-up-begun = { $name }: { $next }. { $count ->
    [0] No free times found.
    [one] 1 free time.
   *[other] { $count } free times.
 }
online-text = For patients
online-text-hint = What patients read about it where they choose for themselves
reminder-text = In reminders
reminder-text-hint = Like: Please bring your retainer
type-change-title = { $name } has booked visits
type-change-count = { $count ->
    [one] 1 future visit is as this type was.
   *[other] { $count } future visits are as this type was.
 }
type-change-what = What becomes of them
type-change-leave = Leave them as they are
type-change-leave-text = Only new visits are as the type is now
type-change-fit = { $count ->
    [0] Change those that fit: none does
    [one] Change the one that fits
   *[other] Change the { $count } that fit
 }
type-change-fit-text = { $count ->
    [0] One step, which undo takes back
    [one] One step, which undo takes back; one stays as it is
   *[other] One step, which undo takes back; { $count } stay as they are
 }
type-change-visits = Booked visits
type-change-lengths = { $before } → { $after } min
type-change-fits = fits
type-change-more = { $count ->
    [one] … and one more
   *[other] … and { $count } more
 }
buffer-before = Minutes free before
buffer-after = Minutes free after
second-wanted = A second provider is needed for part of it
second-pattern = Second provider, beside the first
second-only = The second can be (none ticked: everybody else)
second-provider = Second provider
second-minutes = Needed for { $minutes } minutes
second-none-needed = This visit needs nobody second any more.
second-needed = second provider needed
second-not-needed = not needed
second-how = Drag over the cells, or use the arrow keys with X (needed) and / (not needed). Shift with an arrow paints on.
second-nobody = Nobody yet
with-then = { $first }, then { $second }
done-second = { $patient }: then with { $name }
done-second-nobody = { $patient }: without a second provider
only-providers = Only with (none ticked: everybody)
only-operatories = Only in (none ticked: anywhere)

## Schedule templates

templates = Templates
templates-text = A template says what a day or week is meant for: which kind of visit has room where, and when each doctor is needed. Draw it once, apply it to as many weeks as you like.
templates-design = Design
templates-apply = Apply
templates-figures = Figures
templates-none = No templates yet
templates-none-text = Begin one, draw a day by dragging over the times, and keep it under a name.
templates-back = Back to the list of templates
template = Template
template-state = Newest version
template-holds-until = Applied until
template-archived = Archived
template-no-version = Nothing kept yet
template-version = { $number }. { $name }
template-changed-since = { $version }, changed since
template-with-archived = Show archived ones too
template-restore = Restore
template-archive = Archive
template-restored = { $name } is in use again
template-archived-done = { $name } is archived
template-apply = Apply…
template-apply-one = Apply { $name }
template-span = What it covers
template-span-day = A day
template-span-week = A week
template-span-day-text = The same for whichever day it is applied to.
template-span-week-text = Each weekday has slots of its own.
template-name-hint = As people say it: “Bonding week”, “School holiday”.
template-begin = Begin
template-begun = Began { $name }
template-renamed = Changed { $name }
template-beside = Chosen slot, check and versions
template-tools = Tools of the template
template-more = More to do with the template
template-days = Weekday
template-whole-week = Whole week
template-brush = Draw
template-unsaved = Changes not kept yet
template-copied-from = copied from { $name }
template-grid = Template { $name }
template-empty = Nothing drawn yet. Drag over a time, or press Enter on it.
template-empty-looking = No slots on this day.
template-drew = Drew { $slot }
template-removed-one = Removed { $slot }
template-removed-some = Removed { $count } slots
template-no-room = There is no room for another one below it.
template-group-leaves = Not all of the chosen slots would still be on the template.
template-group-leaves-hint = Nothing was moved. Choose fewer, or a place with room for all.
template-filled = Drew { $count ->
    [one] 1 slot
   *[other] { $count } slots
}{ $left ->
    [0] {""}
   *[other] ; { $left } found no place
}
template-copied-slots = Copied { $count ->
    [one] 1 slot
   *[other] { $count } slots
}{ $left ->
    [0] {""}
   *[other] ; { $left } found no place
}
template-marked = { $slot } { $isOn ->
    [yes] chosen too
   *[other] no longer chosen
}, { $count } in all
template-marked-column = Chosen all { $count } of this column
template-day-shown = { $day }, { $count ->
    [one] 1 slot
   *[other] { $count } slots
}
template-week-shown = The whole week

template-check = Check
template-problems = { $count ->
    [0] Nothing is wrong with this template
    [one] 1 thing is wrong with this template
   *[other] { $count } things are wrong with this template
}
template-fine = Everything fits.
template-more-problems = and { $count } more
template-problem-doctor_time = Doctor needed twice
template-problem-overlap = Two slots overlap
template-problem-outside_location_hours = Outside opening hours
template-problem-outside_provider_hours = Provider not in
template-problem-outside_operatory_hours = Operatory closed
template-problem-too_short = Too short
template-problem-out_of_use = No longer in use
template-totals = In all
template-class = Class
template-visits = Visits
template-time = Time
template-doctor = Doctor

template-versions = Versions
template-no-versions = Keep the template under a name; versions are what is applied.
template-version-word = Version
template-version-number = version { $number }
template-version-by = { $who }, { $when } · { $count } slots
template-what-changed = What changed since
template-compare-draft = What changed since { $name }
template-against = Against { $number }
template-compare-older = Against { $number }: { $name } and { $older }
template-since = Since { $name }
template-between = { $newer } against { $older }
template-end-compare = Back to drawing
template-restore-version = Restore { $name }
template-differs = { $count ->
    [0] No difference
    [one] 1 slot differs
   *[other] { $count } slots differ
}
template-keep = Keep it
template-keep-text = What is drawn now is kept as a version. Versions never change; days that an older one was applied to stay as they are until you apply this one.
template-keep-problems = { $count ->
    [one] 1 thing is still wrong with it. It can be kept all the same.
   *[other] { $count } things are still wrong with it. It can be kept all the same.
}
template-version-name = Name of the version
template-version-hint = What is new: “Summer”, “With long Fridays”.
template-version-saved = Kept { $name } as version { $number }
template-version-restored = Restored { $name }

template-fill-do = Fill
template-fill-text = Slots of { $minutes } minutes one after the other, from { $from } on.
template-gap = Minutes between two
template-gap-wrong = A number of minutes in steps of 5.
template-also-on = Also on
template-fill-preview = { $count ->
    [0] No slot fits.
    [one] 1 slot: { $times }.
   *[other] { $count } slots: { $times }.
}{ $taken ->
    [0] {""}
   *[other] {" "}{ $taken } are left out, because something is there.
}
template-copy-what = What
template-copy-column = { $name } of { $day }
template-copy-day = All of { $day }
template-copy-from = All slots of { $name }.
template-copy-days = Onto the weekdays
template-copy-operatories = Onto the operatories
template-copy-replace = Replace what is there
template-copy-count = { $count ->
    [one] 1 slot is copied.
   *[other] { $count } slots are copied.
}
template-copy-adds = Where something is already, it is left out.
template-copy-replaces = What is there now goes; Undo brings it back.

template-way-copy = A copy
template-way-copy-text = On its own from now on: changing one does not change the other.
template-way-share = The same template
template-way-share-text = Used there as it is here; a new version is there for both.
template-copy-name = { $name } (copy)
template-copy-its-name = Name of the copy
template-stands-for = In place of { $name }
template-left-out = Left out
template-unmapped = { $count ->
    [one] 1 operatory has no counterpart there
   *[other] { $count } operatories have no counterpart there
}
template-share-do = Share
template-share-end = No longer share
template-copied = Copied to { $place } as { $name }{ $left ->
    [0] {""}
   *[other] ; some slots are left out
}
template-shared = { $place } uses { $name } now
template-unshared = { $place } no longer uses { $name }; what is applied there stays

slot = Slot
slots = Slots
slots-count = { $count ->
    [one] 1 slot
   *[other] { $count } slots
}
slots-chosen = { $count } slots
slots-chosen-text = What you change here is changed in all of them.
slot-for = For
slot-hold = Keep free for emergencies
slot-units = Units
slot-units-hint = As long as the emergency
slot-release = Free for all
slot-release-hint = Hours before; 0: at its start
slot-weekday = Weekday
slot-visits-field = Visits
slot-visits = for { $count } visits
slot-whoever = Whoever works there
slot-label = Label
slot-label-hint = Instead of what it is for
slot-own-look = Colour and letter
slot-own-colour = A colour of its own
slot-letter-hint = Empty: that of the type
slot-past-midnight = It would end after midnight.
slot-backwards = The end is not after the beginning.
slot-frees = free for all { $hours ->
    [0] at its start
    [one] 1 h before
   *[other] { $hours } h before
}
slot-wrong = something is wrong here
slot-added = new
slot-removed = gone
slot-changed = changed
being-saved = being saved
number-between = A number from { $low } to { $high }.
from-to = { $from } to { $until }
wants-class = any of { $name }
wants-any = Anything
wants-any-lower = anything
wants-hold = emergency, { $units ->
    [one] 1 unit
   *[other] { $units } units
}
wants-emergency = Emergency hold
wants-types = A kind of visit
wants-classes = A class of visits

action-templates = Templates…
action-apply-template = Apply a template
action-template-figures = Figures of the templates
action-show-template = Show the template behind the visits
action-template-duplicate = Duplicate the slot
action-template-duplicate-short = Duplicate
action-template-remove = Remove the slot
action-template-remove-short = Remove
action-template-fill = Fill until a time
action-template-fill-short = Fill
action-template-copy-column = Copy the column or day
action-template-copy-column-short = Copy
action-template-mark-column = Choose the whole column
action-template-mark-column-short = Column
action-template-next-problem = Next thing that is wrong
action-template-next-problem-short = Problem
action-template-previous-day = Weekday before
action-template-next-day = Next weekday
action-template-whole-week = Whole week, or one weekday
action-template-whole-week-short = Week
action-template-brush = What is drawn next
action-template-keep-version = Keep a version
action-template-keep-version-short = Keep version
action-template-compare = What changed since the newest version
action-template-new = New template
action-template-apply = Apply this template
action-template-share = Copy or share with another location
action-template-rename = Rename, note
action-day-slot = Change the slot of this day
action-day-slot-new = Add a slot to this day
group-template = Templates
announce-template-shown = The template is shown behind the visits
announce-template-hidden = The template is hidden
may-not-manage_templates = Your role does not let you change templates.
may-not-apply_templates = Your role does not let you apply templates.
may-not-view_analytics = Your role does not let you see the figures.

## Applying a template

apply-no-templates = There is no template to apply here yet. Draw one and keep a version of it.
apply-week = Week { $letter }
apply-choose = Choose…
apply-newest = Newest
apply-add-week = Take turns with another week
apply-remove-week = Without week { $letter }
apply-first = First day
apply-last = Last day
apply-last-hint = Also +3m for three months
apply-weekdays = On
apply-also-at = Also at, in the same step
apply-weeks-from = A day of a week A
apply-weeks-from-hint = Empty: the first day
apply-clean = Apply { $count ->
    [one] 1 clean day
   *[other] { $count } clean days
}
apply-picked = { $count ->
    [0] The chosen days
    [one] The chosen day
   *[other] The { $count } chosen
}
apply-all = { $count ->
    [0] All days
    [one] The 1 day
   *[other] All { $count } days
}
applying = { $count ->
    [one] Applying to 1 day
   *[other] Applying to { $count } days
}
applied = Applied to { $count ->
    [one] 1 day
   *[other] { $count } days
}{ $left ->
    [0] {""}
   *[other] , { $left } left as they were
}: { $what }
applied-now = Applied now
applied-nothing = No template is applied here.
application-by = { $who } · { $count ->
    [one] 1 day
   *[other] { $count } days
}
application-newer = There is a newer version of { $name }.
application-renew = Apply the newer version
application-end = End it…
application-end-one = End it… { $what }
application-end-from = Without it from
application-end-hint = Days before stay as they are.
application-end-do = End it
application-ends = Without it from { $day }: { $what }
application-remove = Remove
application-remove-one = Remove: { $what }
application-removed = No longer applied: { $what }
plan = What it would do
plan-days = Days
plan-days-keys = The arrows up and down go from day to day.
plan-asking = Looking at the days…
plan-summary = { $days ->
    [one] 1 day
   *[other] { $days } days
}: { $clean } clean{ $conflicts ->
    [0] , nothing in the way
   *[other] , { $conflicts } with { $count ->
        [one] 1 thing that does not fit
       *[other] { $count } things that do not fit
    }
}
plan-empty = When should it hold?
plan-empty-text = Choose a template, the first and the last day. You see what it would do, day by day, before anything is changed.
plan-only-conflicts = Only days where something does not fit
plan-pick-all = Choose all
plan-past = { $count ->
    [one] Change one day that is over, and its figures
   *[other] Change { $count } days that are over, and their figures
}
plan-pick = Choose { $day }
plan-more = Show { $count } more days
plan-foot = What people changed by hand on a day stays.
plan-clean = Everything fits
plan-unlisted = And { $count } more, which stay as they are.
plan-conflicts = { $count ->
    [one] 1 does not fit
   *[other] { $count } do not fit
}
plan-closed = Closed
plan-unchanged = Holds already
plan-leaves = Keeps what it has
plan-added = { $count } new
plan-changed = { $count } changed
plan-removed = { $count } gone
plan-replaces = takes over from another
plan-kept = { $count } kept by hand
plan-kept-text = Changed by hand on this day, and staying:
plan-unfold = Show what does not fit on { $day }
plan-fold = Hide what does not fit on { $day }
plan-way = What to do: { $conflict }
plan-show = Show on the calendar: { $conflict }
fit-outside_slots = In no slot.
fit-wrong_type = Another kind.
fit-over_capacity = One too many.
fit-provider_away = Provider away.
fit-operatory_missing = Operatory not in use.
fit-closed_day = Closed.
way-keep = Leave it as it is
way-pin = Put it on the list for a new time
way-add_slot = Give this day a slot for it
way-drop_slot = This day goes without the slot
way-leave_day = This day keeps what it has
way-move = Move to { $when }, { $operatory }

## Slots of a day

day-slot = Slot on { $day }
day-slot-new = New slot on { $day }
day-slot-text = Only this day changes; the template stays as it is.
day-slot-by-hand = This slot was changed by hand.
day-slot-changed = Changed the slots of { $day }
day-slot-drop = This day goes without it
day-slot-gone = { $day } goes without this slot
day-slot-reset = As in the template
day-slot-reset-done = { $day } follows the template again here
day-slot-dropped = This day goes without
day-slot-bring-back = Bring back { $slot }

## Figures of the templates

figures-by = By
figures-by-class = Class
figures-by-template = Template
figures-by-weekday = Weekday
figures-by-provider = Provider
figures-by-location = Location
figures-by-week = Week
figures-by-month = Month
figures-save = Save as a table
figures-saved = Saved { $name }
figures-none = Nothing was planned in this time
figures-none-text = Choose a time in which a template was applied.
figures-nothing = Nothing to show here.
figures-all = All
as-table = Table
chart-visits = Planned, booked and kept
chart-fill = How full the slots are
chart-lost = What was lost
chart-doctor = The doctor’s time
chart-holds = Emergency holds
figure-planned = Planned
figure-booked = Booked
figure-kept = Kept
figure-fill = Fill rate
figure-leaked = In slots for something else
figure-outside = In no slot
figure-missed = No-shows
figure-cancelled = Cancelled
figure-idle = Idle
figure-overrun = Overrun
figure-holds = Held
figure-unused = Not used
figure-lead = Days ahead
percent = { $value } %
days-short = { $count } d

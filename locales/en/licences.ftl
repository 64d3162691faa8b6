# Licences: the file that lets the software of one terminal run.
licences-title = Licences
licences-one = Licence
licences-upload = Upload a licence
licences-file = File
licences-file-hint = The file as the distributor issued it, 1 MB at most. It is passed on byte for byte.
licences-terminal = Terminal
licences-tid = Terminal (TID)
licences-tid-hint = The TID as registered, such as TG00221. Leave it out when you enter a serial number.
licences-replace = Replace the present licence
licences-replace-hint = Only needed when there is another licence for the same serial number, platform and software. That one is taken back.
licences-replace-this = Upload another licence
licences-state = State
licences-size = Size
licences-uploaded = Uploaded
licences-uploaded-by = Uploaded by
licences-fetched = Fetched by the terminal
licences-confirmed = Confirmed by the terminal
licences-ended = Ended
licences-ended-by = Ended by
licences-why = Reason
licences-delivery = Delivery
licences-download = Download
licences-delete = Delete
licences-send-again = Send again
licences-find = S/N, licence ID, TID or file name
licences-current = Every current licence
licences-none-found = No licence matches
licences-none-found-text = Search for a part of a serial number or licence ID, or for the beginning of a TID or file name, or choose another state.
licences-empty = No licences yet
licences-empty-text = A licence is a file for one device. Upload it here, and its terminal fetches it by itself.
licences-panel-empty = This terminal has no licence
licences-panel-empty-text = Once you upload one, the terminal is told at its next contact.
licences-former = Former licences
licences-delete-title = Delete { $file } of { $serial }?
licences-delete-waiting = Device { $serial } has not fetched this licence. It will not get it, and nothing of it is kept.
licences-delete-delivered = Device { $serial } has fetched this licence and may go on using it. Its file is deleted here; when it was delivered stays on record.

licences-means-waiting = The terminal is told at its next contact.
licences-means-fetched = The terminal has fetched the file and not yet said that it took it.
licences-means-confirmed = The terminal fetched the file and said that it took it.
licences-means-failed = The terminal did not take the licence.
licences-means-superseded = Another licence took its place.
licences-means-deleted = It was deleted after its delivery.

state-confirmed = Confirmed
state-superseded = Replaced
state-deleted = Deleted

said-licence-uploaded = The licence was uploaded.
said-licence-replaced = The licence was uploaded and takes the place of the former one.
said-licence-same = This licence is there already. Nothing was changed.
said-licence-deleted = The licence was deleted.
said-licence-sent-again = The terminal is told of its licence again.

event-licence-uploaded = Licence uploaded.
event-licence-fetched = Licence fetched by the terminal.
event-licence-confirmed = Licence confirmed by the terminal.
event-licence-failed = Licence not taken by the terminal.
event-licence-taken-back = The delivery of the licence was taken back.
event-licence-deleted = Licence deleted.

panel-licence = Licence
work-kind-licence = Licence

error-licence-unknown = There is no such licence. It may have been deleted.
error-licence-none = This terminal has no such licence.
error-licence-no-terminal = No terminal has this TID. Enter the TID as registered.
error-licence-empty = The licence file is empty. Choose the file as the distributor issued it.
error-licence-too-large = The licence file is larger than { $max } bytes. Check that it is a licence.
error-licence-file-name = The file’s name is missing or longer than 200 characters. Rename the file.
error-licence-no-file = Choose a licence file.
error-licence-exists = There is a licence for this serial number, platform and software already. Tick this box to replace it.
error-licence-not-current = This licence was replaced or deleted meanwhile. Look at the terminal’s present one.
error-licence-nothing-to-send = There is nothing to send again: the delivery is under way or done.
error-licence-file-gone = The file of this licence is no longer kept: it was replaced or deleted.
error-licence-bad-form = The upload broke off before its end. Send the form again.
error-licence-no-state = There is no state of that name. Choose one of the list.

# Serial numbers, and what becomes of licences when devices change.
licences-serial = Serial number
licences-serial-hint = Of the device that the licence is for. Leave it out when you enter a TID.
licences-platform = Platform
licences-platform-hint = Such as android. Left empty, it is that of the terminal’s model.
licences-software = Software
licences-software-hint = Only needed when a terminal has licences for several programs.
licences-lic-id = Licence ID
licences-lic-id-hint = The distributor’s own number of the licence
licences-valid-from = Valid from
licences-valid-until = Valid until
licences-no-terminal = None: no terminal has this serial number
licences-on-replacement = Licences of the old device
licences-on-replacement-hint = A licence is bound to a serial number. Licences that were deposited for the new device come first.
licences-on-replacement-move = Move them to the new device
licences-on-replacement-leave = Leave them with the old device
licences-means-unmatched = No terminal has this serial number. The licence attaches by itself when one gets it.
state-unmatched = Unmatched
event-licence-attached = A licence that waited for this device was attached.
event-licence-detached = Licence left with its device.
event-licence-rebound = Licence moved to the new device.
error-licence-invalid = Some values cannot be accepted.
error-licence-serial-form = Enter the serial number as it stands on the device: up to 64 characters without spaces.
error-licence-word-form = This has more than 64 characters, or some that cannot be printed.
error-licence-day-form = Enter the day as year, month and day, such as 2026-11-21.
error-licence-ends-before = The last day lies before the first one.
error-licence-no-serial = No terminal that you may see has the serial number { $serial }. Enter it as registered.
error-licence-other-device = Another device serves as { $tid }. Check the serial number or leave it out.
error-licence-which = The terminal has several licences and did not say which it wants.

# Lists.
licences-numbers = Numbers
licences-numbers-find = Search by serial number, platform and licence ID
licences-numbers-none-text = Any part of a serial number, platform or licence ID will do, in any case. Fewer words find more.
licences-bare = Terminals without a licence
licences-bare-none = Every terminal has a licence
licences-bare-none-text = Terminals in service that have no licence are listed here.
licences-since = Without one since
licences-expiring = Expiring
licences-soon = Ending soon
licences-expired = Expired
licences-within = { $n ->
    [one] Within { $n } day
   *[other] Within { $n } days
}
licences-forecast = Forecast by month
licences-month = Month
licences-ending = Licences that end
licences-share = Share of the busiest month
licences-expiring-days = Ending within so many days
licences-ends-in = Ending in the month
licences-sha256 = SHA-256
error-licence-no-sort = There is no such order. Choose one of the list’s own.
error-licence-month-form = Enter the month as year and month, such as 2027-03.
error-licence-days-form = Enter a number of days, up to 3,660.

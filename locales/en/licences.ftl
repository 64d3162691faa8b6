# Licences: the file that lets the software of one terminal run.
licences-title = Licences
licences-one = Licence
licences-upload = Upload a licence
licences-file = File
licences-file-hint = The file as the distributor issued it, 1 MB at most. It is passed on byte for byte.
licences-terminal = Terminal
licences-tid = Terminal (TID)
licences-tid-hint = The TID as registered, such as TG00221
licences-replace = Replace the terminal’s present licence
licences-replace-hint = Only needed when the terminal has another licence already. That one is taken back.
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
licences-find = TID or file name
licences-current = Every current licence
licences-none-found = No licence matches
licences-none-found-text = Search for the beginning of a TID or of a file name, or choose another state.
licences-show-all = Show all
licences-empty = No licences yet
licences-empty-text = A licence is a file for one terminal. Upload it here, and the terminal fetches it by itself.
licences-panel-empty = This terminal has no licence
licences-panel-empty-text = Once you upload one, the terminal is told at its next contact.
licences-former = Former licences
licences-delete-title = Delete { $file } of { $tid }?
licences-delete-waiting = Terminal { $tid } has not fetched this licence. It will not get it, and nothing of it is kept.
licences-delete-delivered = Terminal { $tid } has fetched this licence and may go on using it. Its file is deleted here; when it was delivered stays on record.

licences-means-waiting = The terminal is told at its next contact.
licences-means-fetched = The terminal has fetched the file and not yet said that it took it.
licences-means-confirmed = The terminal fetched the file and said that it took it.
licences-means-failed = The terminal did not take the licence.
licences-means-superseded = Another licence took its place.
licences-means-deleted = It was deleted after its delivery.

state-confirmed = Confirmed
state-superseded = Replaced
state-deleted = Deleted

said-licence-uploaded = The licence was uploaded. The terminal is told at its next contact.
said-licence-replaced = The licence was uploaded and takes the place of the former one.
said-licence-same = The terminal has exactly this licence already. Nothing was changed.
said-licence-deleted = The licence was deleted.
said-licence-sent-again = The terminal is told of its licence again.

event-licence-uploaded = Licence uploaded.
event-licence-fetched = Licence fetched by the terminal.
event-licence-confirmed = Licence confirmed by the terminal.
event-licence-failed = Licence not taken by the terminal.
event-licence-deleted = Licence deleted.

panel-licence = Licence
work-kind-licence = Licence

error-licence-unknown = There is no such licence. It may have been deleted.
error-licence-none = This terminal has no licence.
error-licence-no-terminal = No terminal has this TID. Enter the TID as registered.
error-licence-empty = The licence file is empty. Choose the file as the distributor issued it.
error-licence-too-large = The licence file is larger than { $max } bytes. Check that it is a licence.
error-licence-file-name = The file’s name is missing or longer than 200 characters. Rename the file.
error-licence-no-file = Choose a licence file.
error-licence-exists = The terminal has a licence already. Tick this box to replace it.
error-licence-not-current = This licence was replaced or deleted meanwhile. Look at the terminal’s present one.
error-licence-nothing-to-send = There is nothing to send again: the delivery is under way or done.
error-licence-file-gone = The file of this licence is no longer kept: it was replaced or deleted.
error-licence-bad-form = The upload broke off before its end. Send the form again.
error-licence-no-state = There is no state of that name. Choose one of the list.

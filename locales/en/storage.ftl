# What storing and reading files refuses.
error-storage-empty = The file is empty. Choose a file that has content.
error-storage-too-large = The file is larger than { NUMBER($limit_bytes) } bytes, the most that is accepted here.
error-storage-interrupted = The upload broke off before its end. Send the file again.
error-storage-disk-full = There is no space left where files are stored. Nothing was saved; free some space and send the file again.
error-storage-unreachable = The file storage does not answer. Try again in a moment.
error-storage-damaged = The stored file is damaged or gone. Restore it from a backup, or upload it again.

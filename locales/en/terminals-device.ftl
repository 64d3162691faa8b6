# What terminals do and hear: activation, contact, work.

# Refused on the Terminal API.
error-terminal-not-activated = This terminal is not activated.
error-terminal-credential-revoked = This terminal’s credential was revoked. Activate it again.
error-terminal-suspended = This terminal is suspended.
error-terminal-retired = This terminal is retired.
error-terminal-activation-refused = The terminal could not be activated with this TID, serial number and code.
error-terminal-already-activated = Another device is active as this terminal. Confirm to take its place.
error-terminal-too-many-tries = Too many failed tries. Wait a little.
error-terminal-too-often = This terminal asks too often. Wait a little.
error-terminal-bad-status = The status has a value that does not fit at { $path }: { $why }
error-terminal-status-too-large = The status is larger or deeper than allowed.
error-terminal-bad-field = { $field } is missing, or longer than { $limit } characters.
error-terminal-bad-progress = Progress is a number from 0 to 100.
error-terminal-certificate-expired = The certificate of this connection has expired meanwhile.
error-terminal-certificate-not-confirmed = This certificate has not been confirmed yet.
error-terminal-no-certificates = No listener of this server asks for certificates. Activate without “csr”.
error-terminal-key-taken = This key is or was the key of a terminal. Make a new one.
error-terminal-csr-too-large = The certificate signing request is too large.
error-terminal-csr-unreadable = This is no certificate signing request (PKCS #10) in PEM.
error-terminal-csr-weak-key = An RSA key has 2,048 to 4,096 bits.
error-terminal-csr-unknown-key = The key must be ECDSA on P-256 or P-384, Ed25519 or RSA.
error-terminal-csr-wrong-signature = The request is not signed with its own key, or is signed with SHA-1.

# Refused when making an activation code.
error-activation-no-terminal = There is no such terminal.
error-activation-suspended = The terminal is suspended. Resume it first.
error-activation-retired = The terminal is retired.

# Refused about work.
error-work-no-terminal = There is no such terminal.
error-work-terminal-retired = The terminal is retired and takes no work.
error-work-unknown = This terminal has no work with that number.
error-work-not-open = This work is finished already ({ $state }).
error-work-bad-transition = Work that is { $from } cannot become { $said }.
error-work-numbers-spent = The terminal’s work numbers are used up.

# Events beside those that the dashboard names.
event-terminal-activated = The terminal was activated.
event-terminal-certificate-renewed = The terminal’s certificate was renewed.
event-terminal-code-died = The activation code died after three failed tries.
event-work-due = Work can go on: { $work }.
event-work-timed-out = The terminal took too long; it will be asked again: { $work }.

# Why a terminal was turned away, for its operators.
refusal-terminal-not-activated = No credential, or one that nobody ever held
refusal-terminal-credential-revoked = A revoked credential: another device, or one that has to activate again
refusal-terminal-certificate-not-confirmed = A new certificate that the terminal has not confirmed
refusal-terminal-suspended = The terminal is suspended
refusal-terminal-retired = The terminal is retired
refusal-activation-no-code = Activation without a code having been made
refusal-activation-wrong-serial = Activation with another serial number
refusal-activation-wrong-code = Activation with a wrong code
refusal-activation-dead-code = Activation with a code that has expired, was used, or died after three failures

# Activation codes and credentials.
credential-revoked-operator = Revoked by an operator
credential-revoked-reactivated = Replaced by another activation
credential-revoked-replaced = The device was replaced
credential-revoked-retired = The terminal was retired
credential-revoked-renewed = The terminal renewed its certificate
credential-kind-token = Token
credential-kind-certificate = Certificate

# How work ended, where the server decided it.
work-code-work-replaced = Replaced by newer work
work-code-work-taken-back = Taken back
work-code-work-timed-out = No answer from the terminal in time

# Kinds of work of the terminals themselves.
work-kind-certificate = Certificate renewal

# The catalogue of last actions; what is not in it is shown as it came.
action-terminal-refresh = Terminal refresh
action-fuel-rates-refresh = Fuel day-rate refresh
action-offline-card-upload = Upload of offline cards
action-online-card-transaction = Online card transaction
action-ticket-blocklist-check = Check of blocked tickets
action-offline-transaction-one-by-one = Offline transactions one by one
action-info = Information

# The step after the password.
access-second = One more step
access-second-text = You are signing in as
access-second-hint = Six digits from your authenticator app, or one of your recovery codes.
access-second-lost = Neither at hand? An administrator can reset your second factor.
access-code = Code
access-code-hint = Six digits, without spaces or with them.
access-enrol-text = Your role demands a second factor. Set it up, and you are signed in.

access-factor = Second factor
access-factor-text = With a second factor, signing in takes your password and six digits that an app on your phone shows. Whoever learns your password alone cannot get in.
access-factor-demanded = Your role demands one, so it cannot be turned off.
access-factor-since = Set up
access-factor-codes-left = Recovery codes left
access-factor-set-up = Set up
access-factor-replace = Set up another app in its place
access-factor-change = Recovery codes, and turning it off
access-factor-codes-text = New recovery codes take the place of all earlier ones. You see them once.
access-factor-new-codes = New recovery codes
access-factor-off = Turn off
access-factor-new = Set up the second factor
access-factor-install = Install an authenticator app on your phone, unless you have one. Any app for time-based codes (TOTP) will do.
access-factor-scan = Let the app scan this picture.
access-factor-qr = QR code for the authenticator app
access-factor-by-hand = Or type the key into the app:
access-factor-open = Or open it in the app on this device
access-factor-confirm = Type the code that the app shows now.
said-second-factor-off = The second factor is turned off.

access-recovery = Your recovery codes
access-recovery-text = Should you lose your phone, each of these codes signs you in once. You see them only now: print them, or keep them in a password manager, but not beside your password.
access-recovery-kept = I have kept them

access-operator-factor-reset = Reset second factor
said-second-factor-reset = The second factor is reset, and the operator is signed out everywhere.

access-role-demanded = Demanded
access-role-not-demanded = Not demanded
access-role-demand-text = A role that demands a second factor signs out whoever holds it and has none; he sets one up when he signs in again.
access-role-demand = Demand a second factor
access-role-demand-end = Demand it no longer

error-access-code-wrong = This code is wrong. Codes change every half minute: type the one that is shown now.
error-access-code-used = This code was used already. Wait for the next one.
error-access-challenge-dead = Sign in again: too much time has passed, or there were too many wrong codes.
error-access-offer-dead = The key that you were shown is too old. Here is a new one: delete the old entry in the app and scan again.
error-access-second-factor-demanded = Your role demands a second factor, so it cannot be turned off. You can set up another app in its place.
error-access-no-second-factor = You have no second factor. Set one up first.

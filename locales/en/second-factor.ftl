# The step after the password.
access-second = One more step
access-second-text = You are signing in as
access-second-hint = Six digits from your authenticator app, or one of your recovery codes.
access-second-lost = Neither at hand? An administrator can reset your second factor.
access-code = Code
access-code-hint = Six digits, without spaces or with them.
access-enrol-text = Your role requires a second factor. Set it up, and you are signed in.

access-factor = Second factor
access-factor-text = With a second factor, signing in takes your password and six digits that an app on your phone shows. Whoever learns your password alone cannot get in.
access-factor-demanded = Your role requires one, so it cannot be turned off.
access-factor-codes-left = Recovery codes left
access-factor-set-up = Set up
access-factor-replace = Set up another app in its place
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

access-role-demanded = Required
access-role-not-demanded = Not required
access-role-demand-text = Operators who hold the role and have no second factor are signed out, and set one up when they sign in again.
access-role-demand = Require a second factor
access-role-demand-end = No longer require it

error-access-code-wrong = This code is wrong. Codes change every half minute: type the one that is shown now.
error-access-code-used = This code was used already. Wait for the next one.
error-access-challenge-dead = Sign in again: too much time has passed, or there were too many wrong codes.
error-access-offer-dead = The key that you were shown is too old. Here is a new one: delete the old entry in the app and scan again.
error-access-second-factor-demanded = Your role requires a second factor, so it cannot be turned off. You can set up another app in its place.
error-access-no-second-factor = You have no second factor. Set one up first.
error-access-recovery-code-used = This recovery code was used already. Take another one.
access-factor-owner-text = Your current password shows that it is you.
access-factor-codes = Recovery codes
access-factor-turn-off = Turn off the second factor
access-factor-off-text = From then on your password alone signs you in, and your recovery codes no longer work.
access-factor-is-off = Off
access-factor-manage = Manage
access-recovery-all = All codes, to be copied at once
access-factor-since = Set up
access-operator-factor-reset-question = Reset the second factor of { $what }?
access-operator-factor-reset-text = The authenticator app and all recovery codes stop working, and the operator is signed out everywhere. Until a new one is set up, the password alone signs in, unless a role requires a second factor. Make sure that it is really the operator who asks for this.
access-role-demand-question = Require a second factor of everyone with the role “{ $what }”?
access-role-demand-count = { $n ->
    [0] Every operator with this role has a second factor already, so nobody is signed out.
    [one] { $n } operator with this role has no second factor: signed out at once, and asked to set one up at the next sign-in.
   *[other] { $n } operators with this role have no second factor: they are signed out at once, and asked to set one up at the next sign-in.
}
access-role-demand-you = You are one of them: you will be signed out too, and need an authenticator app to come in again. You may set one up in your account first.
access-factor-is-on = On since

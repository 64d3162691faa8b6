# L’étape après le mot de passe.
access-second = Encore une étape
access-second-text = Vous vous connectez en tant que
access-second-hint = Six chiffres de votre application d’authentification, ou l’un de vos codes de secours.
access-second-lost = Vous n’avez ni l’une ni les autres ? Un administrateur peut réinitialiser votre second facteur.
access-code = Code
access-code-hint = Six chiffres, avec ou sans espaces.
access-enrol-text = Votre rôle exige un second facteur. Configurez-le et vous serez connecté.

access-factor = Second facteur
access-factor-text = Avec un second facteur, la connexion demande votre mot de passe et six chiffres affichés par une application de votre téléphone. Connaître votre seul mot de passe ne suffit plus pour entrer.
access-factor-demanded = Votre rôle l’exige : il ne peut pas être désactivé.
access-factor-codes-left = Codes de secours restants
access-factor-set-up = Configurer
access-factor-replace = Configurer une autre application à la place
access-factor-codes-text = De nouveaux codes de secours remplacent tous les précédents. Ils ne sont affichés qu’une fois.
access-factor-new-codes = Nouveaux codes de secours
access-factor-off = Désactiver
access-factor-new = Configurer le second facteur
access-factor-install = Installez une application d’authentification sur votre téléphone, si vous n’en avez pas. Toute application de codes temporaires (TOTP) convient.
access-factor-scan = Faites-lui scanner cette image.
access-factor-qr = Code QR pour l’application d’authentification
access-factor-by-hand = Ou saisissez la clé dans l’application :
access-factor-open = Ou ouvrez-la dans l’application sur cet appareil
access-factor-confirm = Saisissez le code que l’application affiche maintenant.
said-second-factor-off = Le second facteur est désactivé.

access-recovery = Vos codes de secours
access-recovery-text = Si vous perdez votre téléphone, chacun de ces codes vous permet de vous connecter une fois. Ils ne sont affichés que maintenant : imprimez-les ou gardez-les dans un gestionnaire de mots de passe, mais pas à côté de votre mot de passe.
access-recovery-kept = Je les ai conservés

access-operator-factor-reset = Réinitialiser le second facteur
said-second-factor-reset = Le second facteur est réinitialisé et l’opérateur est déconnecté partout.

access-role-demanded = Exigé
access-role-not-demanded = Non exigé
access-role-demand-text = Les opérateurs qui détiennent le rôle sans avoir de second facteur sont déconnectés et en configurent un en se reconnectant.
access-role-demand = Exiger un second facteur
access-role-demand-end = Ne plus l’exiger

error-access-code-wrong = Ce code est faux. Les codes changent toutes les trente secondes : saisissez celui qui est affiché maintenant.
error-access-code-used = Ce code a déjà servi. Attendez le suivant.
error-access-challenge-dead = Connectez-vous à nouveau : trop de temps a passé, ou trop de codes étaient faux.
error-access-offer-dead = La clé affichée est trop ancienne. En voici une nouvelle : supprimez l’ancienne entrée dans l’application et scannez à nouveau.
error-access-second-factor-demanded = Votre rôle exige un second facteur : il ne peut pas être désactivé. Vous pouvez configurer une autre application à la place.
error-access-no-second-factor = Vous n’avez pas de second facteur. Configurez-en un d’abord.
error-access-recovery-code-used = Ce code de secours a déjà servi. Prenez-en un autre.
access-factor-owner-text = Votre mot de passe actuel confirme que c’est bien vous.
access-factor-codes = Codes de secours
access-factor-turn-off = Désactiver le second facteur
access-factor-off-text = Votre mot de passe suffira alors pour vous connecter, et vos codes de secours ne fonctionneront plus.
access-factor-is-off = Désactivé
access-factor-manage = Gérer
access-recovery-all = Tous les codes, à copier d’un coup
access-factor-since = Configuré le
access-operator-factor-reset-question = Réinitialiser le second facteur de { $what } ?
access-operator-factor-reset-text = L’application d’authentification et tous les codes de secours cessent de fonctionner, et l’opérateur est déconnecté partout. Jusqu’à une nouvelle configuration, le mot de passe suffit pour se connecter, sauf si un rôle exige un second facteur. Assurez-vous que la demande vient bien de l’opérateur.
access-role-demand-question = Exiger un second facteur de tous ceux qui ont le rôle « { $what } » ?
access-role-demand-count = { $n ->
    [0] Tous les opérateurs qui ont ce rôle ont déjà un second facteur : personne n’est déconnecté.
    [one] { $n } opérateur qui a ce rôle n’a pas de second facteur : il est déconnecté aussitôt et devra en configurer un à la prochaine connexion.
   *[other] { $n } opérateurs qui ont ce rôle n’ont pas de second facteur : ils sont déconnectés aussitôt et devront en configurer un à la prochaine connexion.
}
access-role-demand-you = Vous en faites partie : vous serez aussi déconnecté et aurez besoin d’une application d’authentification pour revenir. Vous pouvez d’abord en configurer une dans votre compte.
access-factor-is-on = Activé depuis le

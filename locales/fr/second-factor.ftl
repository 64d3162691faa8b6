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
access-factor-since = Configuré
access-factor-codes-left = Codes de secours restants
access-factor-set-up = Configurer
access-factor-replace = Configurer une autre application à la place
access-factor-change = Codes de secours et désactivation
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
access-role-demand-text = Un rôle qui exige un second facteur déconnecte quiconque le détient sans en avoir ; on en configure un en se reconnectant.
access-role-demand = Exiger un second facteur
access-role-demand-end = Ne plus l’exiger

error-access-code-wrong = Ce code est faux. Les codes changent toutes les trente secondes : saisissez celui qui est affiché maintenant.
error-access-code-used = Ce code a déjà servi. Attendez le suivant.
error-access-challenge-dead = Connectez-vous à nouveau : trop de temps a passé, ou trop de codes étaient faux.
error-access-offer-dead = La clé affichée est trop ancienne. En voici une nouvelle : supprimez l’ancienne entrée dans l’application et scannez à nouveau.
error-access-second-factor-demanded = Votre rôle exige un second facteur : il ne peut pas être désactivé. Vous pouvez configurer une autre application à la place.
error-access-no-second-factor = Vous n’avez pas de second facteur. Configurez-en un d’abord.

# Ce qui ne va pas dans une requête avant que le serveur ne l’examine.
error-http-broken-json = Le corps n’est pas du JSON : { $why }
error-http-wrong-type = La valeur à { $path } ne convient pas : { $why }
error-http-too-large = L’envoi dépasse { $limit ->
    [one] { $limit } octet
   *[other] { $limit } octets
} et n’a pas été pris en compte. Envoyez moins à la fois.
error-http-unsupported-type = Cette adresse n’accepte que { $wanted }.
error-http-unsupported-encoding = Un corps peut être compressé avec gzip ou zstd, rien d’autre.
error-http-broken-encoding = Les données compressées sont endommagées. Envoyez-les de nouveau.
error-http-truncated = La connexion s’est terminée avant que tout soit arrivé. Recommencez l’envoi.
error-http-too-slow = L’envoi a pris trop de temps. Vérifiez la connexion et recommencez.
error-http-bad-path = Il n’y a rien à cette adresse.
error-http-bad-query = La partie de l’adresse après « ? » est illisible : { $why }
error-http-bad-form = Le formulaire est illisible : { $why }. Rechargez la page et remplissez-le de nouveau.
error-http-head-too-large = L’en-tête de la requête dépasse { $limit } octets. Supprimez les cookies de ce site et réessayez.
error-http-bad-host = La requête doit nommer un seul hôte.
error-http-unknown-host = Ce serveur n’est pas connu sous le nom « { $host } ». Utilisez son adresse configurée, ou faites ajouter ce nom à server.extra_hosts.
error-http-panicked = Le serveur a échoué. Son journal contient les détails sous le numéro de la requête.

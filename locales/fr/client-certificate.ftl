# Le certificat qu’un client d’API présente avec son jeton.
access-certificate = Certificat
access-certificate-needed = Ses jetons ne valent qu’avec son certificat, valable jusqu’au
access-certificate-not-needed = Non exigé : ses jetons suffisent
access-certificate-made = Le certificat est signé
access-certificate-made-text = Remettez-le au programme, à joindre à la clé privée que lui seul détient. Désormais, les jetons du client ne valent que sur le point d’écoute à certificats, par des connexions établies avec ce certificat ; une clé antérieure ne vaut plus rien.
access-certificate-until = Valable jusqu’au
access-certificate-authority = L’autorité qui l’a signé :
access-certificate-sign = Signer et exiger désormais
access-certificate-cannot = Aucun point d’écoute ne demande de certificat ici. Une adresse « https+mtls://… » dans server.listen en crée un.
access-certificate-forget = Ne plus exiger de certificat
access-csr = Demande de certificat
access-csr-hint = En PEM, établie par le responsable du programme : openssl req -new -newkey ec -pkeyopt ec_paramgen_curve:P-256 -nodes -keyout client.key -subj /CN=client
said-certificate-forgotten = Les jetons du client valent de nouveau sans certificat.
error-access-certificate-required = Les jetons de ce client ne valent que par une connexion établie avec son certificat.
error-access-no-certificates = Aucun point d’écoute ne demande de certificat ici. Une adresse « https+mtls://… » dans server.listen en crée un.
error-access-csr-unreadable = Ce n’est pas une demande de certificat en PEM.
error-access-csr-key = La clé de la demande ne convient pas : prenez P-256, P-384, Ed25519 ou RSA de 2048 à 4096 bits.
error-access-csr-signature = La demande n’est pas signée par sa propre clé, ou l’est avec SHA-1.

# Сертификат, который клиент API предъявляет вместе с токеном.
access-certificate = Сертификат
access-certificate-needed = Токены действуют только вместе с сертификатом; он действителен до
access-certificate-not-needed = Не требуется: достаточно токена
access-certificate-made = Сертификат подписан
access-certificate-made-text = Передайте его программе — к закрытому ключу, который есть только у неё. Отныне токены клиента действуют только на адресе для сертификатов, по соединениям, установленным с этим сертификатом; прежний ключ больше не годится.
access-certificate-until = Действителен до
access-certificate-authority = Кем подписан:
access-certificate-sign = Подписать и требовать впредь
access-certificate-cannot = Здесь ни один адрес не запрашивает сертификатов. Его создаёт адрес «https+mtls://…» в server.listen.
access-certificate-forget = Больше не требовать сертификата
access-csr = Запрос на сертификат
access-csr-hint = В формате PEM; его создаёт владелец программы: openssl req -new -newkey ec -pkeyopt ec_paramgen_curve:P-256 -nodes -keyout client.key -subj /CN=client
said-certificate-forgotten = Токены клиента снова действуют без сертификата.
error-access-certificate-required = Токены этого клиента действуют только по соединению, установленному с его сертификатом.
error-access-no-certificates = Здесь ни один адрес не запрашивает сертификатов. Его создаёт адрес «https+mtls://…» в server.listen.
error-access-csr-unreadable = Это не запрос на сертификат в формате PEM.
error-access-csr-key = Ключ запроса не годится: возьмите P-256, P-384, Ed25519 или RSA от 2048 до 4096 бит.
error-access-csr-signature = Запрос подписан не своим ключом или с SHA-1.

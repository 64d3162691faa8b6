# Что делают и слышат терминалы: активация, связь, задания.

# Отказы терминального API.
error-terminal-not-activated = Этот терминал не активирован.
error-terminal-credential-revoked = Ключ доступа этого терминала отозван. Активируйте терминал заново.
error-terminal-suspended = Этот терминал приостановлен.
error-terminal-retired = Этот терминал выведен из эксплуатации.
error-terminal-activation-refused = Терминал не удалось активировать с этим TID, серийным номером и кодом.
error-terminal-already-activated = Под этим терминалом уже работает другое устройство. Подтвердите, чтобы занять его место.
error-terminal-too-many-tries = Слишком много неудачных попыток. Немного подождите.
error-terminal-too-often = Этот терминал обращается слишком часто. Подождите немного.
error-terminal-bad-status = Недопустимое значение в состоянии, место { $path }: { $why }
error-terminal-status-too-large = Состояние больше или вложено глубже, чем разрешено.
error-terminal-bad-field = Поле { $field } отсутствует или длиннее { $limit } символов.
error-terminal-bad-progress = Ход выполнения — число от 0 до 100.
error-terminal-certificate-expired = Срок действия сертификата этого соединения истёк.
error-terminal-certificate-not-confirmed = Этот сертификат ещё не подтверждён.
error-terminal-no-certificates = Ни один адрес этого сервера не запрашивает сертификаты. Активируйте терминал без «csr».
error-terminal-key-taken = Этот ключ принадлежит или принадлежал одному из терминалов. Создайте новый.
error-terminal-csr-too-large = Запрос на сертификат слишком велик.
error-terminal-csr-unreadable = Это не запрос на сертификат (PKCS #10) в формате PEM.
error-terminal-csr-weak-key = Длина ключа RSA — от 2048 до 4096 бит.
error-terminal-csr-unknown-key = Ключ должен быть ECDSA на кривой P-256 или P-384, Ed25519 или RSA.
error-terminal-csr-wrong-signature = Запрос подписан не своим ключом или подписан с SHA-1.

# Отказы при создании кода активации.
error-activation-no-terminal = Такого терминала нет.
error-activation-suspended = Терминал приостановлен. Сначала возобновите его работу.
error-activation-retired = Терминал выведен из эксплуатации.

# Отказы по заданиям.
error-work-no-terminal = Такого терминала нет.
error-work-terminal-retired = Терминал выведен из эксплуатации и не принимает заданий.
error-work-unknown = У этого терминала нет задания с таким номером.
error-work-not-open = Это задание уже завершено ({ $state }).
error-work-bad-transition = Задание в состоянии { $from } не может перейти в { $said }.
error-work-numbers-spent = Номера заданий этого терминала исчерпаны.

# События, которых не называет главная страница.
event-terminal-activated = Терминал активирован.
event-terminal-certificate-renewed = Сертификат терминала продлён.
event-terminal-code-died = Код активации перестал действовать после трёх неудачных попыток.
event-work-due = Задание можно продолжить: { $work }.
event-work-timed-out = Терминал не ответил вовремя, задание будет предложено снова: { $work }.

# Почему терминалу отказано — для операторов.
refusal-terminal-not-activated = Ключа доступа нет или он никогда никому не принадлежал
refusal-terminal-credential-revoked = Отозванный ключ: другое устройство или устройство, которое надо активировать заново
refusal-terminal-certificate-not-confirmed = Новый сертификат, который терминал не подтвердил
refusal-terminal-suspended = Терминал приостановлен
refusal-terminal-retired = Терминал выведен из эксплуатации
refusal-activation-no-code = Активация, для которой не создан код
refusal-activation-wrong-serial = Активация с другим серийным номером
refusal-activation-wrong-code = Активация с неверным кодом
refusal-activation-dead-code = Активация с кодом, который истёк, уже использован или перестал действовать после трёх ошибок

# Коды активации и ключи доступа.
credential-revoked-operator = Отозван оператором
credential-revoked-reactivated = Заменён новой активацией
credential-revoked-replaced = Устройство заменено
credential-revoked-retired = Терминал выведен из эксплуатации
credential-revoked-renewed = Терминал продлил сертификат
credential-kind-token = Токен
credential-kind-certificate = Сертификат

# Чем закончилось задание, если так решил сервер.
work-code-work-replaced = Заменено более новым заданием
work-code-work-taken-back = Отменено
work-code-work-timed-out = Терминал не ответил вовремя

# Виды заданий самих терминалов.
work-kind-certificate = Продление сертификата

# Каталог последних действий; остальные показываются как есть.
action-terminal-refresh = Обновление терминала
action-fuel-rates-refresh = Обновление цен на топливо за день
action-offline-card-upload = Выгрузка офлайн-карт
action-online-card-transaction = Онлайн-операция по карте
action-ticket-blocklist-check = Проверка заблокированных талонов
action-offline-transaction-one-by-one = Офлайн-операции по одной
action-info = Информация

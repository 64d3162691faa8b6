# Лицензии: файл, с которым работает программа одного терминала.
licences-title = Лицензии
licences-one = Лицензия
licences-upload = Загрузить лицензию
licences-file = Файл
licences-file-hint = Файл в том виде, в каком его выдал дистрибьютор, не больше 1 МБ. Он передаётся байт в байт.
licences-terminal = Терминал
licences-tid = Терминал (TID)
licences-tid-hint = TID как при регистрации, например TG00221. Не нужен, если указан серийный номер.
licences-replace = Заменить текущую лицензию
licences-replace-hint = Нужно, только если для этих серийного номера, платформы и программы лицензия уже есть. Она будет отозвана.
licences-replace-this = Загрузить ещё одну лицензию
licences-state = Состояние
licences-size = Размер
licences-uploaded = Загружена
licences-uploaded-by = Кто загрузил
licences-fetched = Получена терминалом
licences-confirmed = Подтверждена терминалом
licences-ended = Снята
licences-ended-by = Кто снял
licences-why = Причина
licences-delivery = Доставка
licences-download = Скачать
licences-delete = Удалить
licences-send-again = Отправить ещё раз
licences-find = Серийный номер, номер лицензии, TID или имя файла
licences-current = Все действующие лицензии
licences-none-found = Подходящих лицензий нет
licences-none-found-text = Ищите по части серийного номера или номера лицензии, по началу TID или имени файла, либо выберите другое состояние.
licences-empty = Лицензий пока нет
licences-empty-text = Лицензия — это файл для одного устройства. Загрузите её здесь, и терминал заберёт её сам.
licences-panel-empty = У этого терминала нет лицензии
licences-panel-empty-text = Как только вы её загрузите, терминал узнает о ней при следующей связи.
licences-former = Прежние лицензии
licences-delete-title = Удалить { $file } устройства { $serial }?
licences-delete-waiting = Устройство { $serial } не получало эту лицензию. Оно её не получит, и ничего не сохранится.
licences-delete-delivered = Устройство { $serial } получило эту лицензию и может использовать её дальше. Файл здесь будет удалён; сведения о доставке сохранятся.

licences-means-waiting = Терминал узнает о ней при следующей связи.
licences-means-fetched = Терминал получил файл, но ещё не сообщил, что принял его.
licences-means-confirmed = Терминал получил файл и сообщил, что принял его.
licences-means-failed = Терминал не принял лицензию.
licences-means-superseded = Её место заняла другая лицензия.
licences-means-deleted = Она удалена после доставки.

state-confirmed = Подтверждена
state-superseded = Заменена
state-deleted = Удалена

said-licence-uploaded = Лицензия загружена.
said-licence-replaced = Лицензия загружена и заняла место прежней.
said-licence-same = Такая лицензия уже есть. Ничего не изменено.
said-licence-deleted = Лицензия удалена.
said-licence-sent-again = Терминалу снова сообщат о его лицензии.

event-licence-uploaded = Лицензия загружена.
event-licence-fetched = Лицензия получена терминалом.
event-licence-confirmed = Лицензия подтверждена терминалом.
event-licence-failed = Лицензия не принята терминалом.
event-licence-taken-back = Доставка лицензии отменена.
event-licence-deleted = Лицензия удалена.

panel-licence = Лицензия
work-kind-licence = Лицензия

error-licence-unknown = Такой лицензии нет. Возможно, её удалили.
error-licence-none = У этого терминала нет такой лицензии.
error-licence-no-terminal = Терминала с таким TID нет. Введите TID, как он зарегистрирован.
error-licence-empty = Файл лицензии пуст. Выберите файл в том виде, в каком его выдал дистрибьютор.
error-licence-too-large = Файл лицензии больше { $max } байт. Проверьте, что это лицензия.
error-licence-file-name = Имя файла отсутствует или длиннее 200 символов. Переименуйте файл.
error-licence-no-file = Выберите файл лицензии.
error-licence-exists = Для этих серийного номера, платформы и программы лицензия уже есть. Отметьте флажок, чтобы заменить её.
error-licence-not-yours = Лицензию для этих серийного номера, платформы и программы загрузил кто-то другой. Удалить или заменить её может администратор.
error-licence-not-current = Эту лицензию тем временем заменили или удалили. Посмотрите нынешнюю лицензию терминала.
error-licence-nothing-to-send = Отправлять ещё раз нечего: доставка идёт или завершена.
error-licence-file-gone = Файл этой лицензии больше не хранится: её заменили или удалили.
error-licence-bad-form = Передача оборвалась до конца. Отправьте форму ещё раз.
error-licence-no-state = Состояния с таким названием нет. Выберите одно из списка.

# Serial numbers, and what becomes of licences when devices change.
licences-serial = Серийный номер
licences-serial-hint = Устройства, для которого выдана лицензия. Не нужен, если указан TID.
licences-platform = Платформа
licences-platform-hint = Например, android. Если не указана, берётся платформа модели терминала.
licences-software = Программа
licences-software-hint = Нужна, только если у терминала лицензии на несколько программ.
licences-lic-id = Номер лицензии
licences-lic-id-hint = Номер, присвоенный лицензии дистрибьютором
licences-valid-from = Действует с
licences-valid-until = Действует по
licences-no-terminal = Нет: терминала с таким серийным номером нет
licences-on-replacement = Лицензии старого устройства
licences-on-replacement-hint = Лицензия привязана к серийному номеру. Лицензии, загруженные для нового устройства, имеют приоритет.
licences-on-replacement-move = Перенести на новое устройство
licences-on-replacement-leave = Оставить за старым устройством
licences-means-unmatched = Терминала с таким серийным номером нет. Лицензия привяжется сама, как только он появится.
state-unmatched = Без терминала
event-licence-attached = Привязана лицензия, ожидавшая это устройство.
event-licence-detached = Лицензия осталась за своим устройством.
event-licence-rebound = Лицензия перенесена на новое устройство.
event-licence-described = Сведения о лицензии изменены.
error-licence-invalid = Некоторые значения не подходят.
error-licence-serial-form = Введите серийный номер как на устройстве: до 64 символов без пробелов.
error-licence-word-form = Больше 64 символов или есть непечатаемые символы.
error-licence-day-form = Введите дату как год-месяц-день, например 2026-11-21.
error-licence-ends-before = Последний день раньше первого.
error-licence-no-serial = Среди доступных вам терминалов нет серийного номера { $serial }. Введите его как при регистрации.
error-licence-other-device = Под { $tid } работает другое устройство. Проверьте серийный номер или не указывайте его.
error-licence-which = У терминала несколько лицензий, и он не указал, какая нужна.
error-licence-which-of = У устройства { $serial } несколько лицензий. Укажите платформу и программу.
error-licence-none-of = У устройства { $serial } нет такой лицензии. Сначала загрузите её файл.

# Lists.
licences-numbers = Номера
licences-numbers-find = Поиск по серийному номеру, платформе и номеру лицензии
licences-numbers-none-text = Подойдёт любая часть серийного номера, платформы или номера лицензии в любом регистре. Чем меньше условий, тем больше найдётся.
licences-bare = Терминалы без лицензии
licences-bare-none = У всех терминалов есть лицензия
licences-bare-none-text = Здесь перечислены работающие терминалы без лицензии.
licences-since = Без лицензии с
licences-expiring = Сроки действия
licences-soon = Скоро истекают
licences-expired = Истекли
licences-within = { $n ->
    [one] В течение { $n } дня
    [few] В течение { $n } дней
    [many] В течение { $n } дней
   *[other] В течение { $n } дня
}
licences-forecast = Прогноз по месяцам
licences-month = Месяц
licences-ending = Лицензий истекает
licences-share = Доля от самого загруженного месяца
licences-expiring-days = Истекает в течение, дней
licences-expiry = Срок
licences-sha256 = SHA-256
error-licence-no-sort = Такого порядка нет. Выберите один из порядков списка.
error-licence-month-form = Введите месяц как год-месяц, например 2027-03.
error-licence-days-form = Введите число дней, не больше 3660.

# Many at once, and how files are named.
licences-import = Загрузить много лицензий
licences-import-task = Загрузка лицензий
licences-import-text = Выберите файлы лицензий или zip-архивы. Назначение каждого берётся из таблицы или из имени файла; затем показано, что стало с каждым файлом.
licences-import-begin = Загрузить
licences-files = Файлы
licences-files-hint = Лицензии до 1 МБ каждая или zip-архивы; всего до 512 МБ.
licences-csv = Таблица назначения (CSV)
licences-csv-hint = Столбцы file_name, serial_number, platform, software, lic_id, valid_from, valid_until. Файлы, которых в таблице нет, читаются по имени.
licences-replace-many = Заменять текущие лицензии
licences-replace-many-hint = Иначе файл будет отклонён, если другая лицензия уже есть.
licences-naming = Как названы файлы лицензий
licences-naming-text = Имена файлов дистрибьютора говорят, для чего лицензия. Укажите здесь, как они составлены.
licences-naming-change = Изменить
licences-naming-by = Последнее изменение: { $by },
licences-pattern = Шаблон имён файлов
licences-pattern-hint = Поля в фигурных скобках: serial, platform, software, lic_id, valid_from, valid_until. Между двумя полями должен стоять разделитель.
licences-sample = Имя файла для проверки
licences-sample-hint = Показывает, что шаблон выше из него прочтёт. Ничего не сохраняется.
licences-sample-fits = Имя подходит:
licences-sample-no = Имя не подходит под шаблон.
licences-try = Проверить
said-licence-naming = Шаблон сохранён.
row-licence-new = Загружена для { $serial }.
row-licence-superseding = Загружена для { $serial } вместо прежней.
row-licence-unmatched = Загружена; ожидает терминал с серийным номером { $serial }.
row-licence-same = Уже была загружена.
error-licence-pattern-form = Введите шаблон до 200 символов; каждое поле в фигурных скобках, например { "{" }serial{ "}" }.
error-licence-pattern-field = Такого поля нет. Используйте serial, platform, software, lic_id, valid_from или valid_until.
error-licence-pattern-twice = Поле указано дважды. Укажите каждое один раз.
error-licence-pattern-between = Поставьте между полями разделитель, например подчёркивание.
error-licence-pattern-serial = Нет серийного номера. Добавьте { "{" }serial{ "}" }.
error-licence-not-named = В таблице этого файла нет, а его имя не подходит под шаблон.
error-licence-too-many-files = Слишком много файлов для одной отправки. Упакуйте их в zip-архив.
error-licence-form-too-large = Файлы вместе больше 512 МБ. Загрузите их по частям.
error-licence-bad-archive = Архив повреждён или это не zip-архив.
error-licence-archive-empty = В архиве нет ни одного файла. Поместите в него файлы лицензий и загрузите снова.
error-licence-archive-too-many = В архиве больше 10 000 файлов. Разделите его.
error-licence-archive-too-large = Архивы этой загрузки вместе распаковываются больше чем в 2 ГБ. Загрузите остальное отдельно.
error-licence-bomb = Файл распаковывается в нечто гораздо большее, чем лицензия. Он не распакован.
error-licence-encrypted = Файл зашифрован. Упакуйте его без пароля.
error-licence-compression = Способ сжатия файла здесь неизвестен. Используйте обычный zip.
error-licence-unsafe-name = Имя файла выводит за пределы архива. Он не распакован.
error-licence-is-archive = Файл сам является архивом. Загрузите его отдельно или сначала распакуйте.
error-licence-name-twice = Какое-то имя встречается в архиве несколько раз: прочитан только последний файл с этим именем.
error-licence-stale = Кто-то изменил это раньше. Прочтите ещё раз.
error-licence-table-twice = Выберите только одну таблицу.

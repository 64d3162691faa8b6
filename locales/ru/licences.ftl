# Лицензии: файл, с которым работает программа одного терминала.
licences-title = Лицензии
licences-one = Лицензия
licences-upload = Загрузить лицензию
licences-file = Файл
licences-file-hint = Файл в том виде, в каком его выдал дистрибьютор, не больше 1 МБ. Он передаётся байт в байт.
licences-terminal = Терминал
licences-tid = Терминал (TID)
licences-tid-hint = TID, как он зарегистрирован, например TG00221
licences-replace = Заменить нынешнюю лицензию терминала
licences-replace-hint = Нужно, только если у терминала уже есть другая лицензия. Она будет отозвана.
licences-replace-this = Загрузить другую лицензию
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
licences-find = TID или имя файла
licences-current = Все действующие лицензии
licences-none-found = Подходящих лицензий нет
licences-none-found-text = Ищите по началу TID или имени файла либо выберите другое состояние.
licences-show-all = Показать все
licences-empty = Лицензий пока нет
licences-empty-text = Лицензия — это файл для одного терминала. Загрузите её здесь, и терминал заберёт её сам.
licences-panel-empty = У этого терминала нет лицензии
licences-panel-empty-text = Как только вы её загрузите, терминал узнает о ней при следующей связи.
licences-former = Прежние лицензии
licences-delete-title = Удалить { $file } терминала { $tid }?
licences-delete-waiting = Терминал { $tid } не получал эту лицензию. Он её не получит, и от неё ничего не останется.
licences-delete-delivered = Терминал { $tid } получил эту лицензию и может пользоваться ею и дальше. Файл здесь будет удалён; время доставки останется в записях.

licences-means-waiting = Терминал узнает о ней при следующей связи.
licences-means-fetched = Терминал получил файл, но ещё не сообщил, что принял его.
licences-means-confirmed = Терминал получил файл и сообщил, что принял его.
licences-means-failed = Терминал не принял лицензию.
licences-means-superseded = Её место заняла другая лицензия.
licences-means-deleted = Она удалена после доставки.

state-confirmed = Подтверждена
state-superseded = Заменена
state-deleted = Удалена

said-licence-uploaded = Лицензия загружена. Терминал узнает о ней при следующей связи.
said-licence-replaced = Лицензия загружена и заняла место прежней.
said-licence-same = У терминала уже есть именно эта лицензия. Ничего не изменено.
said-licence-deleted = Лицензия удалена.
said-licence-sent-again = Терминалу снова сообщат о его лицензии.

event-licence-uploaded = Лицензия загружена.
event-licence-fetched = Лицензия получена терминалом.
event-licence-confirmed = Лицензия подтверждена терминалом.
event-licence-failed = Лицензия не принята терминалом.
event-licence-deleted = Лицензия удалена.

panel-licence = Лицензия
work-kind-licence = Лицензия

error-licence-unknown = Такой лицензии нет. Возможно, её удалили.
error-licence-none = У этого терминала нет лицензии.
error-licence-no-terminal = Терминала с таким TID нет. Введите TID, как он зарегистрирован.
error-licence-empty = Файл лицензии пуст. Выберите файл в том виде, в каком его выдал дистрибьютор.
error-licence-too-large = Файл лицензии больше { $max } байт. Проверьте, что это лицензия.
error-licence-file-name = Имя файла отсутствует или длиннее 200 символов. Переименуйте файл.
error-licence-no-file = Выберите файл лицензии.
error-licence-exists = У терминала уже есть лицензия. Поставьте этот флажок, чтобы заменить её.
error-licence-not-current = Эту лицензию тем временем заменили или удалили. Посмотрите нынешнюю лицензию терминала.
error-licence-nothing-to-send = Отправлять ещё раз нечего: доставка идёт или завершена.
error-licence-file-gone = Файл этой лицензии больше не хранится: её заменили или удалили.
error-licence-bad-form = Передача оборвалась до конца. Отправьте форму ещё раз.
error-licence-no-state = Состояния с таким названием нет. Выберите одно из списка.

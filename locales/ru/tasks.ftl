# Задания: долгая работа, о которой кто-то попросил.
nav-tasks = Задания
task-one = Задание
task-about = Файл или список
task-whose = Чьи задания
task-mine = Мои задания
task-everyones = Задания всех
task-state = Состояние
task-any-state = Любое состояние
task-by = Кто запустил
task-created = Создано
task-started = Начато
task-ended = Завершено
task-progress = Ход выполнения
task-rows-done = Обработано строк
task-unchanged = Без изменений
task-fetch = Скачать файл
task-cancel = Отменить
task-continue = Продолжить
task-rows = Строки
task-all-rows = Все
task-row = Строка
task-subject = Объект
task-outcome = Результат
task-code = Код
task-message = Сообщение
task-rows-file = Скачать эти строки в CSV
task-no-such-rows = Строк с таким результатом нет.
task-none-found = Подходящих заданий нет
task-show-mine = Показать мои задания
task-empty = Заданий пока нет
task-empty-text = Импорт, экспорт или действие над многими терминалами выполняется в фоне, и за ним можно следить здесь. Задания хранятся неделю после завершения.

state-queued = В очереди
state-running = Выполняется
state-same = Без изменений
state-skipped = Пропущено

said-task-cancelled = Задание отменено. То, что оно успело сделать, остаётся сделанным.
said-task-continued = Задание продолжится с того места, где остановилось.

event-task-started = Задание начато.
event-task-ended = Задание завершено.

error-task-unknown = Такого задания нет. Задания хранятся неделю после завершения.
error-task-overtaken = За это время задание продвинулось. Посмотрите на него ещё раз.
error-task-ended = Задание уже завершено.
error-task-nothing-to-continue = Продолжить можно только задание, которое отменили или которое не удалось.
error-task-followed-already = Это уже сделано. Найдите задание в списке.
error-task-no-longer-allowed = Тот, кто запустил это задание, больше не имеет на это права, поэтому оно остановлено.
error-task-no-kind = Этот сервер не умеет выполнять такое задание. Возможно, оно из более новой версии.
error-task-no-file = У задания нет файла для скачивания.
error-task-file-gone = Файл ждал слишком долго и удалён. Начните заново.
error-task-no-state = Состояния с таким названием нет. Выберите из списка.
error-task-no-outcome = Результата с таким названием нет. Выберите из списка.

# Обмен: запросы к платёжным хостам и ответы на них.
monitoring-exchanges = Обмен с хостами
exchange-number = №
exchange-one = Обмен с хостом
exchange-about = Сведения
exchange-find = STAN или RRN
exchange-at = Время
exchange-host = Хост
exchange-host-hint = Как в журнале, полностью.
exchange-message = Сообщение
exchange-mti = Тип сообщения
exchange-amount = Сумма
exchange-stan = STAN
exchange-rrn = RRN
exchange-result = Результат
exchange-result-hint = Код поля 39, например 51 или 116.
exchange-meaning = Значение
exchange-round-trip = Время ответа (мс)
exchange-state = Состояние
exchange-late = Поздно
exchange-declined = Отказ
exchange-tries = Сколько раз отправлен
exchange-failure = Сбой
exchange-processing-code = Код операции
exchange-stated-terminal = Указанный терминал
exchange-stated-time = Указанное время
exchange-card = Карта
exchange-since = С
exchange-until = По
exchange-none-found = Ничего не найдено
exchange-none-found-text = Уберите часть фильтров. Результат и хост сравниваются полностью.
exchange-none = Обменов пока нет
exchange-none-text = Когда терминалы присылают журналы POS, здесь видны их запросы к платёжным хостам и ответы.
exchange-requested = Запрос отправлен
exchange-answered = Ответ получен
exchange-sent = Передан (поле 7)
exchange-request = Запрос
exchange-answer = Ответ
exchange-trouble = Что не удалось
exchange-notice = Уведомление
exchange-unreadable = Нечитаемое сообщение
exchange-before = Предыдущий обмен этого терминала
exchange-after = Следующий обмен этого терминала
exchange-of-terminal = Все обмены этого терминала
exchange-in-log = В журнале { $log }
exchange-not-kept = Этот журнал больше не хранится.
exchange-no-request = Ни в одном из имеющихся журналов нет запроса к этому ответу.
exchange-no-answer = Ни в одном из имеющихся журналов нет ответа на этот запрос.
exchange-awaited = Журнал ещё поступает: ответ может прийти с его продолжением.
exchange-late-note = Ответ пришёл более чем через 15 секунд или когда терминал уже перестал ждать.
exchange-late-reversed = Ответ пришёл после отмены запроса.
exchange-reversed = Этот запрос был отменён.
exchange-reversal = Отмена
exchange-reverses = Это отмена другого запроса.
exchange-reversed-one = Отменённый запрос
exchange-failed-with = В журнале записан сбой: { $code }
exchange-failure-time-out = Ответ не пришёл вовремя.
exchange-failure-disconnected = Соединение потеряно.
exchange-failure-unreadable = Сообщение не удалось прочитать.
error-exchange-unknown = Такого обмена нет.
error-exchange-no-such-state = Выберите одно из состояний.
error-exchange-moment-form = Напишите день, например 2026-11-25, или момент, например 2026-11-25T10:00:00Z.
error-exchange-no-such-order = Обмены сортируются по времени: at или -at.
state-answered = Есть ответ
state-unanswered = Нет ответа
state-awaited = Ответ ожидается
state-declined = Отказ
state-declined-late = Поздний отказ
state-late-answer = Поздний ответ
state-alone = Нет запроса
state-notice = Уведомление
state-malformed = Нечитаемо
exchanges-unlisted = { $n ->
    [one] { $n } сообщение этого журнала не вошло в список обменов: в одной его части больше 4000 сообщений.
    [few] { $n } сообщения этого журнала не вошли в список обменов: в одной его части больше 4000 сообщений.
   *[other] { $n } сообщений этого журнала не вошло в список обменов: в одной его части больше 4000 сообщений.
}
exchanges-uncompared = { $n ->
    [one] { $n } сообщение этого журнала сравнили не со всем, к чему оно может относиться: оно может казаться оставшимся без ответа или без запроса.
    [few] { $n } сообщения этого журнала сравнили не со всем, к чему они могут относиться: они могут казаться оставшимися без ответа или без запроса.
   *[other] { $n } сообщений этого журнала сравнили не со всем, к чему они могут относиться: они могут казаться оставшимися без ответа или без запроса.
}

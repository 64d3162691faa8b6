# What is wrong with a request before any part of the server looks at it.
error-http-broken-json = The body is not JSON: { $why }
error-http-wrong-type = The value at { $path } will not do: { $why }
error-http-too-large = What you sent is larger than { $limit ->
    [one] { $limit } byte
   *[other] { $limit } bytes
} and was not taken. Send less at a time.
error-http-unsupported-type = This address takes { $wanted } only.
error-http-unsupported-encoding = A body may be compressed by gzip or zstd, not otherwise.
error-http-broken-encoding = The compressed data is damaged. Send it again.
error-http-truncated = The connection ended before everything had arrived. Send it again.
error-http-too-slow = Sending took too long. Check the connection and send it again.
error-http-bad-path = There is nothing at this address.
error-http-bad-query = The part of the address after “?” cannot be read: { $why }
error-http-bad-form = The form cannot be read: { $why }. Reload the page and fill it in again.
error-http-head-too-large = The head of the request is larger than { $limit } bytes. Delete this site’s cookies and try again.
error-http-bad-host = The request must name exactly one host.
error-http-unknown-host = This server is not known as “{ $host }”. Use its configured address, or have the name added to server.extra_hosts.
error-http-panicked = The server failed. Its log has the details under the request’s number.

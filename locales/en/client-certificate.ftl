# The certificate that an API client shows beside its token.
access-certificate = Certificate
access-certificate-needed = Its tokens count only together with its certificate, which is good until
access-certificate-not-needed = Not needed: its tokens count alone
access-certificate-made = The certificate is signed
access-certificate-made-text = Give it to the program together with the private key that only the program has. From now on the client’s tokens count only over the listener for certificates, over connections made with it; an earlier key is worth nothing.
access-certificate-until = Good until
access-certificate-authority = The authority that signed it:
access-certificate-sign = Sign, and demand it from now on
access-certificate-cannot = No listener here asks for certificates. An address “https+mtls://…” in server.listen makes one.
access-certificate-forget = Let tokens count alone again
access-csr = Certificate signing request
access-csr-hint = In PEM, made by the program’s owner: openssl req -new -newkey ec -pkeyopt ec_paramgen_curve:P-256 -nodes -keyout client.key -subj /CN=client
said-certificate-forgotten = The client’s tokens count without a certificate again.
error-access-certificate-required = This client’s tokens count only over a connection made with its certificate.
error-access-no-certificates = No listener here asks for certificates. An address “https+mtls://…” in server.listen makes one.
error-access-csr-unreadable = This is no certificate signing request in PEM.
error-access-csr-key = The request’s key cannot be used: take P-256, P-384, Ed25519, or RSA of 2048 to 4096 bits.
error-access-csr-signature = The request is not signed with its own key, or with SHA-1.

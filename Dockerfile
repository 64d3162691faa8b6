# syntax=docker/dockerfile:1
# Two stages: a Rust toolchain builds the binary, a slim Debian runs it as nobody in particular.
FROM rust:1.95-slim-bookworm AS build
# perl and make build the TLS library that only libpq uses; the rest needs gcc alone.
RUN apt-get update \
 && apt-get install -y --no-install-recommends gcc g++ libc6-dev make perl pkg-config \
 && rm -rf /var/lib/apt/lists/*
WORKDIR /src
# Named on the About page: docker build --build-arg BUILD=$(git describe --always) .
ARG BUILD=unnamed
ENV POSFLEET_BUILD=$BUILD
COPY . .
RUN --mount=type=cache,target=/usr/local/cargo/registry \
    --mount=type=cache,target=/src/target \
    cargo build --release --locked --bin posfleet \
 && cp target/release/posfleet /posfleet

FROM debian:bookworm-slim
RUN apt-get update \
 && apt-get install -y --no-install-recommends ca-certificates \
 && rm -rf /var/lib/apt/lists/* \
 && useradd --system --uid 10001 --user-group --no-create-home --shell /usr/sbin/nologin posfleet \
 && install -d -o posfleet -g posfleet -m 0700 /var/lib/posfleet
COPY --from=build /posfleet /usr/local/bin/posfleet
COPY docs/posfleet.example.toml /usr/share/doc/posfleet/posfleet.example.toml
USER posfleet
# One volume holds the database, keys/ and firmware-store/.
VOLUME ["/var/lib/posfleet"]
ENV POSFLEET__DATA=/var/lib/posfleet \
    POSFLEET__SERVER__LISTEN=https://0.0.0.0:8443 \
    POSFLEET__LOG__FORMAT=json
EXPOSE 8443
STOPSIGNAL SIGTERM
# Asks the operations listener, which stays on the container's own loopback.
HEALTHCHECK --interval=30s --timeout=6s --start-period=20s --retries=3 \
    CMD ["/usr/local/bin/posfleet", "health"]
ENTRYPOINT ["/usr/local/bin/posfleet"]
CMD ["serve"]

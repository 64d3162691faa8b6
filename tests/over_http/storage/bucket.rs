//! A real S3 server on loopback that keeps its objects in a folder, and a store on top of it.
use super::Lab;
use hyper_util::rt::{TokioExecutor, TokioIo};
use hyper_util::server::conn::auto::Builder;
use posfleet::storage::{Bucket, Credentials, Options, Storage};
use s3s::auth::SimpleAuth;
use s3s::service::S3ServiceBuilder;
use std::path::PathBuf;
use tokio::task::JoinSet;

pub(crate) struct Served {
    pub(crate) storage: Storage,
    root: PathBuf,
    server: tokio::task::JoinHandle<()>,
}

impl Served {
    /// Where the server keeps the objects below our prefix.
    pub(crate) fn objects(&self) -> PathBuf {
        self.root.join("fleet").join("shared").join("posfleet")
    }

    pub(crate) fn stop(&self) {
        self.server.abort();
    }
}

impl Drop for Served {
    fn drop(&mut self) {
        self.stop();
    }
}

pub(crate) async fn start(lab: &Lab) -> Served {
    let root = lab.folder.join("s3");
    std::fs::create_dir_all(root.join("fleet")).unwrap();
    let mut service = S3ServiceBuilder::new(s3s_fs::FileSystem::new(&root).unwrap());
    service.set_auth(SimpleAuth::from_single("key-id", "quiet"));
    let service = service.build();
    let listener = tokio::net::TcpListener::bind("127.0.0.1:0").await.unwrap();
    let endpoint = format!("http://{}", listener.local_addr().unwrap());
    let server = tokio::spawn(async move {
        let mut talks = JoinSet::new();
        while let Ok((socket, _)) = listener.accept().await {
            let service = service.clone();
            talks.spawn(async move {
                let server = Builder::new(TokioExecutor::new());
                let talk = server.serve_connection(TokioIo::new(socket), service);
                // The client closes when he has enough.
                drop(talk.await);
            });
        }
    });
    let options = Options::Bucket(Box::new(Bucket {
        bucket: "fleet".to_owned(),
        region: Some("eu-west-1".to_owned()),
        endpoint: Some(endpoint),
        prefix: "shared/posfleet/".to_owned(),
        path_style: true,
        credentials: Some(Credentials {
            access_key_id: "key-id".to_owned(),
            secret_access_key: "quiet".to_owned(),
        }),
    }));
    assert!(!format!("{options:?}").contains("quiet"));
    Served {
        storage: lab.open(&options),
        root,
        server,
    }
}

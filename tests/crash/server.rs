//! The real program as a process: started, killed, asked to stop.
use crate::harness::TestApp;
use std::fs::File;
use std::net::TcpListener;
use std::process::{Child, Command, Stdio};
use std::time::{Duration, Instant};

const STARTS_WITHIN: Duration = Duration::from_secs(30);

/// The program, on the database and in the folder of a test.
pub(crate) struct Server {
    child: Child,
    pub(crate) base: String,
    arguments: Vec<String>,
    log: File,
}

impl Server {
    pub(crate) async fn start(app: &TestApp) -> Self {
        let port = {
            let socket = TcpListener::bind("127.0.0.1:0").unwrap();
            socket.local_addr().unwrap().port()
        };
        let folder = app.folder().to_str().unwrap();
        let base = format!("http://127.0.0.1:{port}");
        let arguments = [
            "--data",
            folder,
            "--listen",
            &base,
            "--set",
            "operations.listen=off",
            "--set",
            &format!("database.url={}", app.database().url()),
        ]
        .map(ToOwned::to_owned)
        .to_vec();
        let log = File::create(app.folder().join(format!("server-{port}.log"))).unwrap();
        let child = spawn(&arguments, &log);
        let mut server = Self {
            child,
            base,
            arguments,
            log,
        };
        server.answers().await;
        server
    }

    /// Its process, for who measures it.
    #[allow(dead_code, reason = "not every test measures")]
    pub(crate) fn id(&self) -> u32 {
        self.child.id()
    }

    pub(crate) fn kill(&mut self) {
        self.child.kill().unwrap();
        self.child.wait().unwrap();
    }

    pub(crate) async fn start_again(&mut self) {
        self.begin_again();
        self.answers().await;
    }

    /// Starts it, and does not wait until it answers: what it does by itself may be over by then.
    pub(crate) fn begin_again(&mut self) {
        self.child = spawn(&self.arguments, &self.log);
    }

    async fn answers(&mut self) {
        let http = reqwest::Client::builder().no_proxy().build().unwrap();
        let begun = Instant::now();
        let page = format!("{}/sign-in", self.base);
        while http.get(&page).send().await.is_err() {
            assert!(self.child.try_wait().unwrap().is_none(), "it gave up");
            assert!(begun.elapsed() < STARTS_WITHIN, "the server starts");
            tokio::time::sleep(Duration::from_millis(50)).await;
        }
    }

    /// Asks it to stop, as a service manager would.
    pub(crate) fn stop(&mut self) {
        let id = self.child.id().to_string();
        Command::new("kill").args(["-TERM", &id]).status().unwrap();
        assert!(self.child.wait().unwrap().success(), "it stops in order");
    }

    /// The audit's own check, by the program.
    pub(crate) fn assert_audit_is_whole(&self) {
        let mut verify = program();
        verify.args(["audit", "verify"]);
        let without_listener = self.arguments[..2].iter().chain(&self.arguments[4..]);
        let said = verify.args(without_listener).output().unwrap();
        let text = String::from_utf8_lossy(&said.stdout);
        assert!(
            said.status.success(),
            "{text}{}",
            String::from_utf8_lossy(&said.stderr)
        );
    }
}

impl Drop for Server {
    fn drop(&mut self) {
        drop(self.child.kill());
        drop(self.child.wait());
    }
}

fn program() -> Command {
    Command::new(env!("CARGO_BIN_EXE_posfleet"))
}

fn spawn(arguments: &[String], log: &File) -> Child {
    program()
        .arg("serve")
        .args(arguments)
        .stdout(Stdio::null())
        .stderr(log.try_clone().unwrap())
        .spawn()
        .unwrap()
}

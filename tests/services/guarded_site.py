"""A site that knows nothing of logins, behind nginx and the gateway, each with the example's own settings."""

import json
import shutil
import subprocess
import sys
from pathlib import Path

import clients.gateway
from tests.services import program
from tests.services.deployment import Deployment, Running
from tongxing_client.signing_key import SigningKey

EXAMPLES = Path(clients.gateway.__file__).parent
CLIENT_ID = "records-gateway"
PAGES = {
    "index.html": "<!doctype html><link rel=icon href=data:,><title>记录</title><h1 id=page>records</h1>",
    "public/index.html": "<!doctype html><link rel=icon href=data:,><title>公开</title><h1 id=page>public</h1>",
    "withdraw/index.html": "<!doctype html><link rel=icon href=data:,><title>提取</title><h1 id=page>withdraw</h1>",
}


class GuardedSite:
    """Running; ``url`` addresses it as browsers do. ``service`` is the listed one of the ticket adapter."""

    def __init__(self, deployment: Deployment, service: str, level_of_withdraw: int = 3) -> None:
        self.directory = deployment.directory / "guarded"
        self.directory.mkdir()
        self._front, self._back = program.free_port(), program.free_port()
        key = SigningKey.of_file(self.directory / "gateway.pem")
        self._register(deployment, key)
        self._write_pages()
        self._write_settings(deployment.issuer, service, level_of_withdraw)
        command = (sys.executable, "-m", "clients.gateway", str(self.directory / "gateway.toml"))
        environment = deployment.environment
        self.gateway = Running(
            "gateway", command, self._back, directory=self.directory, environment=environment
        )
        self.nginx = Running(
            "nginx",
            (_nginx(), "-p", str(self.directory), "-c", str(self._write_nginx())),
            self._front,
            directory=self.directory,
            environment=environment,
        )
        self.gateway.wait_until_ready("/healthz")
        self.nginx.wait_until_ready("/public/")

    def url(self, path: str = "/") -> str:
        """Return an address of the site."""
        return f"http://localhost:{self._front}{path}"

    def stop(self) -> None:
        """End both."""
        for one in (self.nginx, self.gateway):
            one.stop()
            one.kill()

    def _register(self, deployment: Deployment, key: SigningKey) -> None:
        own = self.url("/.tongxing")
        document = {
            "client_id": CLIENT_ID,
            "client_name": "档案查询",
            "legal_basis": "statutory_duty",
            "redirect_uris": [f"{own}/callback"],
            "post_logout_redirect_uris": [f"{own}/"],
            "backchannel_logout_uri": f"{own}/backchannel_logout",
            "scope": "openid profile",
            "token_endpoint_auth_method": "private_key_jwt",
            "jwks": {"keys": [dict(key.public_jwk)]},
        }
        file = self.directory / "relying-parties.json"
        file.write_text(json.dumps([document]), encoding="utf-8")
        deployment.idp("relying-parties", "import", str(file))

    def _write_pages(self) -> None:
        for name, text in PAGES.items():
            page = self.directory / "pages" / name
            page.parent.mkdir(parents=True, exist_ok=True)
            page.write_text(text, encoding="utf-8")

    def _write_settings(self, issuer: str, service: str, level: int) -> None:
        text = _changed(
            "gateway.example.toml",
            ("https://id.example.gov.cn", issuer),
            ("https://records.example.gov.cn/.tongxing", self.url("/.tongxing")),
            ("port = 8030", f"port = {self._back}"),
            ("https://school.example.gov.cn/app/", service),
            ('path = "/withdraw/"\nlevel = 3', f'path = "/withdraw/"\nlevel = {level}'),
        )
        (self.directory / "gateway.toml").write_text(text, encoding="utf-8")

    def _write_nginx(self) -> Path:
        server = _changed(
            "nginx.example.conf",
            ("127.0.0.1:8080", f"127.0.0.1:{self._front}"),
            ("records.example.gov.cn", "localhost"),
            ("/srv/records", str(self.directory / "pages")),
            ("127.0.0.1:8030", f"127.0.0.1:{self._back}"),
        )
        own = [f"{name}_temp_path tmp;" for name in ("client_body", "proxy", "fastcgi", "uwsgi", "scgi")]
        # As root, nginx would serve pages as somebody who may not read this directory.
        user = "user root;" if Path("/proc/self").owner() == "root" else ""
        text = (
            f"{user} daemon off; pid nginx.pid; error_log stderr; worker_processes 1; events {{}}\n"
            f"http {{ access_log off; types {{ text/html html; }}\n{' '.join(own)}\n{server}}}\n"
        )
        file = self.directory / "nginx.conf"
        file.write_text(text, encoding="utf-8")
        subprocess.run((_nginx(), "-t", "-p", str(self.directory), "-c", str(file)), check=True, timeout=20)
        return file


def _changed(name: str, *changes: tuple[str, str]) -> str:
    text = (EXAMPLES / name).read_text(encoding="utf-8")
    for before, after in changes:
        assert before in text, before
        text = text.replace(before, after)
    return text


def _nginx() -> str:
    return shutil.which("nginx") or "/usr/sbin/nginx"

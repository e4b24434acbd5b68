//! What holds for every request, whoever makes it: ours or refused, in the 400s, with safe headers, never a 500.

use crate::world::*;

stories! {
    async fn a_form_without_our_token_changes_nothing(course: Course) {
        let ada = course.enrol("Ada").await;
        course.travel_to("2027-01-11 10:00");
        let path = "/cohorts/spring/units/1/why-work-as-a-network/complete";
        for fields in [&[][..], &[("form_token", "")], &[("form_token", "somebody-elses")]] {
            assert!(ada.send_raw(path, fields).await.expect(403).has("Nothing was changed"));
        }
        assert!(!ada.get("/cohorts/spring/units/1/why-work-as-a-network").await.has("Undo"));
        ada.submit(path, &[]).await.expect(303);
    }

    async fn a_form_from_another_site_is_refused(course: Course) {
        let ada = course.enrol("Ada").await;
        ada.get("/cohorts/spring").await;
        for (name, value) in [("sec-fetch-site", "cross-site"), ("sec-fetch-site", "same-site"), ("origin", "https://evil.example"), ("origin", "null")] {
            let request = ada.request("POST", "/sign-out").header(name, value);
            ada.read(request).await.expect(403);
        }
        ada.get("/cohorts/spring").await.expect(200);
    }

    async fn a_host_that_is_not_ours_gets_no_page(course: Course) {
        let visitor = course.visitor();
        let asked = visitor.read(visitor.request("GET", "/").header("host", "evil.example")).await.expect(421);
        assert!(!asked.has("evil.example"));
        visitor.read(visitor.request("GET", "/healthz").header("host", "10.0.0.1")).await.expect(200);
    }

    async fn whatever_is_sent_gets_an_answer_in_the_400s(course: Course) {
        let ada = course.enrol("Ada").await;
        let form = "application/x-www-form-urlencoded";
        for (path, body, status) in [
            ("/sign-in", "email=%00".to_owned(), 400),
            ("/sign-in", "email=%ff%fe".to_owned(), 400),
            ("/sign-up", format!("name={}", "a".repeat(70_000)), 413),
            ("/cohorts/spring/discussions/new", "\u{0}".to_owned(), 400),
        ] {
            let request = ada.request("POST", path).header("content-type", form).body(body);
            assert_eq!(ada.read(request).await.status, status, "{path}");
        }
        for path in [
            "/cohorts/%00", "/cohorts/..%2f..%2fetc", "/cohorts/spring/units/-1", "/cohorts/spring/units/99999999999999999999",
            "/cohorts/spring/units/1/%ff", "/cohorts/spring/discussions/9223372036854775808", "/cohorts/spring/discussions/x",
            "/static/..%2fCargo.toml", "/programmes/%2e%2e", "/cohorts/spring/units/1/why-work-as-a-network.css",
            "/cohorts/spring/discussions?after=%00", "/cohorts/spring/discussions?unit=zzz", "/admin/cohorts?before=x",
        ] {
            let status = ada.get(path).await.status;
            assert!((400..500).contains(&status) || status == 200, "{path}: {status}");
        }
        for method in ["PUT", "DELETE", "PATCH", "TRACE", "OPTIONS", "BREW"] {
            assert_eq!(ada.read(ada.request(method, "/")).await.status, 405, "{method}");
        }
        let gzip = ada.request("POST", "/sign-in").header("content-encoding", "gzip").body("x");
        assert!((400..500).contains(&ada.read(gzip).await.status));
        let cookie = ada.request("GET", "/").header("cookie", "session=%ff,; flash=<script>; visitor=");
        assert!(ada.read(cookie).await.status < 500);
    }

    async fn every_page_has_the_safe_headers(course: Course) {
        let ada = course.enrol("Ada").await;
        for path in ["/", "/sign-in", "/cohorts/spring", "/no-such-page", "/healthz"] {
            let page = ada.get(path).await;
            assert!(page.header("content-security-policy").contains("default-src 'none'"), "{path}");
            assert!(page.header("content-security-policy").contains("frame-ancestors 'none'"), "{path}");
            assert_eq!(page.header("x-content-type-options"), "nosniff", "{path}");
            assert_eq!(page.header("cache-control"), "no-store", "{path}");
            assert!(!page.header("x-request-id").is_empty(), "{path}");
            assert_eq!(page.header("server"), "", "{path}");
        }
        let css = ada.get(trellis::platform::web::assets::stylesheet()).await.expect(200);
        assert!(css.header("cache-control").contains("immutable"));
    }
}

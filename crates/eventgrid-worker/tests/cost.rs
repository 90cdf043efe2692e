//! `guides/cost.md` is what the example prints.

#[allow(dead_code, reason = "an example has a main function")]
#[path = "../examples/cost/main.rs"]
mod cost;

#[tokio::test(start_paused = true)]
async fn the_page_is_what_the_requests_are() {
    assert_eq!(
        cost::page().await.unwrap(),
        include_str!("../guides/cost.md"),
        "run `cargo run -p eventgrid-worker --example cost > crates/eventgrid-worker/guides/cost.md`"
    );
}

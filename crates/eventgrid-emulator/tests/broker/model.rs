//! Random operations, against a model that is simple enough to be obviously right.

use proptest::prelude::*;

use crate::naive::{Operation, compare};

fn operations() -> impl Strategy<Value = Vec<Operation>> {
    use Operation::*;
    let token = any::<usize>;
    let delay = prop::sample::select(vec![0, 10, 60, 600, 3600]);
    let seconds = prop_oneof![4 => 0..20u64, 2 => 50..70u64, 1 => 500..4000u64];
    let operation = prop_oneof![
        2 => (1..5u32).prop_map(Publish),
        4 => (1..6usize).prop_map(Receive),
        1 => token().prop_map(Acknowledge),
        3 => (token(), delay).prop_map(|(token, delay)| Release(token, delay)),
        1 => token().prop_map(Reject),
        3 => token().prop_map(Renew),
        1 => token().prop_map(ResendDead),
        1 => token().prop_map(RemoveDead),
        4 => seconds.prop_map(Pass),
        1 => Just(Advance),
        2 => (0..4usize).prop_map(AdvanceBy),
    ];
    prop::collection::vec(operation, 0..200)
}

proptest! {
    #![proptest_config(ProptestConfig { cases: 256, failure_persistence: None, ..ProptestConfig::default() })]

    #[test]
    fn the_broker_does_what_the_model_does(operations in operations()) {
        compare(&operations);
    }
}

//! Any operations, with a loss of power at any moment: the queue does what a `VecDeque` does.

use proptest::prelude::*;

use crate::life::{Step, live};
use crate::simulated_flash::{SimulatedFlash, Tear};

proptest! {
    #![proptest_config(ProptestConfig { cases: 64, failure_persistence: None, ..ProptestConfig::default() })]

    #[test]
    fn the_queue_does_what_a_deque_does(
        steps in proptest::collection::vec(step(), 1..150),
        losses in proptest::collection::vec((0..200_u32, tear()), 0..8),
    ) {
        live(&mut SimulatedFlash::<4, 256>::new(2), &steps, losses.clone());
        live(&mut SimulatedFlash::<4, 512>::new(3), &steps, losses.clone());
        live(&mut SimulatedFlash::<1, 256>::new(5), &steps, losses);
    }
}

fn step() -> impl Strategy<Value = Step> {
    prop_oneof![
        6 => Just(Step::Push),
        2 => Just(Step::PushDroppingOldest),
        2 => Just(Step::PeekAndPop),
        1 => Just(Step::DropWhilePublishing),
        1 => Just(Step::OpenAnew),
    ]
}

fn tear() -> impl Strategy<Value = Tear> {
    prop_oneof![
        Just(Tear::Untouched),
        Just(Tear::FirstHalf),
        Just(Tear::SecondHalf),
        Just(Tear::Zeros),
        Just(Tear::Done),
        (1..u64::MAX).prop_map(Tear::Scattered),
    ]
}

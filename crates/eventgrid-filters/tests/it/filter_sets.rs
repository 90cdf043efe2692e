//! Sets of filters.

use eventgrid_filters::{Clause, Condition, Filter, FilterSet};

fn equals(key: &str, value: f64) -> eventgrid_filters::CompiledFilter {
    Filter::new().clause(Clause::new(key, Condition::NumberIn(vec![value]))).compile().unwrap()
}

#[test]
fn names_come_in_the_order_in_which_filters_were_added() {
    let mut set = FilterSet::new();
    for name in [3, 1, 2] {
        set.insert(name, &equals("data.n", f64::from(name % 2)));
    }
    assert_eq!(set.matching(r#"{"data":{"n":1}}"#).unwrap(), [&3, &1]);
    assert_eq!(set.matching(r#"{"data":{"n":0}}"#).unwrap(), [&2]);
    assert!(set.matching("[]").is_err());
}

#[test]
fn a_filter_is_replaced_by_one_of_the_same_name() {
    let mut set = FilterSet::new();
    set.insert("a", &equals("data.n", 1.0));
    set.insert("b", &equals("data.n", 1.0));
    set.insert("a", &equals("data.m", 1.0));
    assert_eq!((set.len(), set.get(&"a")).0, 2);
    assert_eq!(set.get(&"a").unwrap().filter().advanced[0].key, "data.m");
    assert_eq!(set.matching(r#"{"data":{"n":1,"m":1}}"#).unwrap(), [&"a", &"b"]);
    assert_eq!(set.matching(r#"{"data":{"n":1}}"#).unwrap(), [&"b"]);
}

#[test]
fn removed_filters_and_their_keys_are_forgotten() {
    let mut set = FilterSet::new();
    for name in 0..100 {
        set.insert(name, &equals(&format!("data.k{name}"), 1.0));
    }
    for name in 0..99 {
        assert!(set.remove(&name) && !set.remove(&name));
    }
    assert!(set.get(&5).is_none() && !set.is_empty());
    assert_eq!(set.matching(r#"{"data":{"k5":1,"k99":1}}"#).unwrap(), [&99]);
    assert!(set.remove(&99) && set.is_empty());
    assert!(set.matching("{}").unwrap().is_empty());
}

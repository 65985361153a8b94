use super::*;

#[test]
fn axes_are_told_by_their_lengths() {
    let documented = [("p", 2), ("T", 3), ("nu", 4)];
    assert_eq!(
        axis_order("t", &[2, 3, 4], &documented).expect("fits"),
        [0, 1, 2]
    );
    assert_eq!(
        axis_order("t", &[4, 3, 2], &documented).expect("fits"),
        [2, 1, 0]
    );
    assert!(axis_order("t", &[4, 3, 3], &documented).is_err());
    assert!(axis_order("t", &[4, 3], &documented).is_err());
    // Two ways to read it and neither is the documented one.
    assert!(axis_order("t", &[4, 3, 3], &[("p", 3), ("T", 3), ("nu", 4)]).is_err());
}

#[test]
fn transposing_moves_every_value() {
    let shape = [2, 3, 4];
    let values: Vec<f32> = (0..24).map(|i| i as f32).collect();
    let order = [2, 0, 1];
    let moved = transpose(values.clone(), &shape, &order);
    for (a, b, c) in [(0, 0, 0), (3, 1, 2), (2, 0, 1), (1, 1, 0)] {
        assert_eq!(moved[(a * 2 + b) * 3 + c], values[(b * 3 + c) * 4 + a]);
    }
}

#[test]
fn blocks_are_reversed_whole() {
    let mut values = [1.0, 2.0, 3.0, 4.0, 5.0, 6.0];
    reverse(&mut values, 2);
    assert_eq!(values, [5.0, 6.0, 3.0, 4.0, 1.0, 2.0]);
}

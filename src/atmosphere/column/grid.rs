//! Pressures of the layers, from the top of the column to a base that follows the surface.

/// Layers of equal width in ln p between `top` and the base; the top layer reaches on to zero pressure.
/// Writes interfaces and layers \[Pa\] and masses \[kg m⁻²\], dm = dp/g with constant g \[m s⁻²\].
pub(super) fn write(
    top_pa: f64,
    base_pa: f64,
    gravity_m_s2: f64,
    interface_pressure_pa: &mut [f64],
    pressure_pa: &mut [f64],
    mass_kg_m2: &mut [f64],
) {
    let layers = pressure_pa.len();
    let step = (base_pa / top_pa).ln() / layers as f64;
    for (i, p) in interface_pressure_pa.iter_mut().enumerate() {
        *p = top_pa * (step * i as f64).exp();
    }
    interface_pressure_pa[0] = 0.0;
    interface_pressure_pa[layers] = base_pa;
    for (i, p) in pressure_pa.iter_mut().enumerate() {
        *p = top_pa * (step * (i as f64 + 0.5)).exp();
    }
    let interfaces = interface_pressure_pa.windows(2);
    for (mass, pair) in mass_kg_m2.iter_mut().zip(interfaces) {
        *mass = (pair[1] - pair[0]) / gravity_m_s2;
    }
}

//! Functions compiled for the vectors of the processor at hand.

/// Declares a function that is compiled twice, for any processor and with AVX2 and fused multiply-add,
/// and picks at run time. With `wide` before it, for AVX-512 as well, where that is measured to be faster.
/// All give the same bits.
macro_rules! vectorised {
    (wide $(#[$meta:meta])* $vis:vis fn $name:ident($($arg:ident: $kind:ty),* $(,)?) $body:block) => {
        $(#[$meta])*
        #[inline(never)]
        #[allow(clippy::too_many_arguments)]
        $vis fn $name($($arg: $kind),*) {
            $crate::opacity::mixing::vectorised! {
                fn up_to_avx2($($arg: $kind),*) $body
            }

            #[cfg(target_arch = "x86_64")]
            #[target_feature(enable = "avx512f,avx512vl,avx512dq,avx512bw,avx2,fma")]
            #[allow(clippy::too_many_arguments)]
            fn avx512($($arg: $kind),*) $body

            #[cfg(target_arch = "x86_64")]
            if $crate::opacity::mixing::has_wide_vectors() {
                // SAFETY: the processor has the instructions that the function is compiled for.
                unsafe { avx512($($arg),*) };
                return;
            }
            up_to_avx2($($arg),*);
        }
    };
    ($(#[$meta:meta])* $vis:vis fn $name:ident($($arg:ident: $kind:ty),* $(,)?) $body:block) => {
        $(#[$meta])*
        #[inline(never)]
        #[allow(clippy::too_many_arguments)]
        $vis fn $name($($arg: $kind),*) {
            #[inline(always)]
            #[allow(clippy::too_many_arguments)]
            fn any($($arg: $kind),*) $body

            #[cfg(target_arch = "x86_64")]
            #[target_feature(enable = "avx2,fma")]
            #[allow(clippy::too_many_arguments)]
            fn avx2($($arg: $kind),*) {
                any($($arg),*)
            }

            #[cfg(target_arch = "x86_64")]
            if std::arch::is_x86_feature_detected!("avx2")
                && std::arch::is_x86_feature_detected!("fma")
            {
                // SAFETY: the processor has the instructions that the function is compiled for.
                unsafe { avx2($($arg),*) };
                return;
            }
            any($($arg),*);
        }
    };
}
pub(crate) use vectorised;

/// Whether the processor has the parts of AVX-512 that wide functions are compiled for.
#[cfg(target_arch = "x86_64")]
#[inline(always)]
pub(crate) fn has_wide_vectors() -> bool {
    std::arch::is_x86_feature_detected!("avx512f")
        && std::arch::is_x86_feature_detected!("avx512vl")
        && std::arch::is_x86_feature_detected!("avx512dq")
        && std::arch::is_x86_feature_detected!("avx512bw")
        && std::arch::is_x86_feature_detected!("fma")
}

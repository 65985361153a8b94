//! The table of works. Journal entries carry the title, volume, pages and DOI of the published
//! version; data sources carry what the observation files say of them, which for some is only the
//! first author and the arXiv number.

use super::Entry;

/// Every work that a part of the program may ask for.
pub const ENTRIES: &[Entry] = &[
    Entry {
        key: "skilling2004",
        kind: "inproceedings",
        fields: &[
            ("author", "Skilling, John"),
            ("title", "Nested Sampling"),
            (
                "booktitle",
                "Bayesian Inference and Maximum Entropy Methods in Science and Engineering",
            ),
            ("series", "AIP Conference Proceedings"),
            ("volume", "735"),
            ("pages", "395--405"),
            ("year", "2004"),
            ("doi", "10.1063/1.1835238"),
        ],
    },
    Entry {
        key: "skilling2006",
        kind: "article",
        fields: &[
            ("author", "Skilling, John"),
            (
                "title",
                "Nested sampling for general {Bayesian} computation",
            ),
            ("journal", "Bayesian Analysis"),
            ("volume", "1"),
            ("number", "4"),
            ("pages", "833--859"),
            ("year", "2006"),
            ("doi", "10.1214/06-BA127"),
        ],
    },
    Entry {
        key: "feroz2008",
        kind: "article",
        fields: &[
            ("author", "Feroz, F. and Hobson, M. P."),
            (
                "title",
                "Multimodal nested sampling: an efficient and robust alternative to {Markov Chain Monte Carlo} methods for astronomical data analyses",
            ),
            (
                "journal",
                "Monthly Notices of the Royal Astronomical Society",
            ),
            ("volume", "384"),
            ("pages", "449--463"),
            ("year", "2008"),
            ("doi", "10.1111/j.1365-2966.2007.12353.x"),
            ("eprint", "0704.3704"),
            ("archiveprefix", "arXiv"),
        ],
    },
    Entry {
        key: "feroz2009",
        kind: "article",
        fields: &[
            ("author", "Feroz, F. and Hobson, M. P. and Bridges, M."),
            (
                "title",
                "{MultiNest}: an efficient and robust {Bayesian} inference tool for cosmology and particle physics",
            ),
            (
                "journal",
                "Monthly Notices of the Royal Astronomical Society",
            ),
            ("volume", "398"),
            ("pages", "1601--1614"),
            ("year", "2009"),
            ("doi", "10.1111/j.1365-2966.2009.14548.x"),
            ("eprint", "0809.3437"),
            ("archiveprefix", "arXiv"),
        ],
    },
    Entry {
        key: "handley2015",
        kind: "article",
        fields: &[
            (
                "author",
                "Handley, W. J. and Hobson, M. P. and Lasenby, A. N.",
            ),
            ("title", "{POLYCHORD}: next-generation nested sampling"),
            (
                "journal",
                "Monthly Notices of the Royal Astronomical Society",
            ),
            ("volume", "453"),
            ("pages", "4384--4398"),
            ("year", "2015"),
            ("doi", "10.1093/mnras/stv1911"),
            ("eprint", "1506.00171"),
            ("archiveprefix", "arXiv"),
        ],
    },
    Entry {
        key: "higson2019",
        kind: "article",
        fields: &[
            (
                "author",
                "Higson, Edward and Handley, Will and Hobson, Michael and Lasenby, Anthony",
            ),
            (
                "title",
                "Dynamic nested sampling: an improved algorithm for parameter estimation and evidence calculation",
            ),
            ("journal", "Statistics and Computing"),
            ("volume", "29"),
            ("pages", "891--913"),
            ("year", "2019"),
            ("doi", "10.1007/s11222-018-9844-0"),
            ("eprint", "1704.03459"),
            ("archiveprefix", "arXiv"),
        ],
    },
    Entry {
        key: "fowlie2020",
        kind: "article",
        fields: &[
            (
                "author",
                "Fowlie, Andrew and Handley, Will and Su, Liangliang",
            ),
            (
                "title",
                "Nested sampling cross-checks using order statistics",
            ),
            (
                "journal",
                "Monthly Notices of the Royal Astronomical Society",
            ),
            ("volume", "497"),
            ("pages", "5256"),
            ("year", "2020"),
            ("eprint", "2006.03371"),
            ("archiveprefix", "arXiv"),
        ],
    },
    Entry {
        key: "lange2023",
        kind: "article",
        fields: &[
            ("author", "Lange, Johannes U."),
            (
                "title",
                "nautilus: boosting {Bayesian} importance nested sampling with deep learning",
            ),
            (
                "journal",
                "Monthly Notices of the Royal Astronomical Society",
            ),
            ("volume", "525"),
            ("number", "2"),
            ("pages", "3181--3194"),
            ("year", "2023"),
            ("doi", "10.1093/mnras/stad2441"),
            ("eprint", "2306.16923"),
            ("archiveprefix", "arXiv"),
        ],
    },
    Entry {
        key: "goodman2010",
        kind: "article",
        fields: &[
            ("author", "Goodman, Jonathan and Weare, Jonathan"),
            ("title", "Ensemble samplers with affine invariance"),
            (
                "journal",
                "Communications in Applied Mathematics and Computational Science",
            ),
            ("volume", "5"),
            ("number", "1"),
            ("pages", "65--80"),
            ("year", "2010"),
            ("doi", "10.2140/camcos.2010.5.65"),
        ],
    },
    Entry {
        key: "neal2003",
        kind: "article",
        fields: &[
            ("author", "Neal, Radford M."),
            ("title", "Slice sampling"),
            ("journal", "The Annals of Statistics"),
            ("volume", "31"),
            ("number", "3"),
            ("pages", "705--767"),
            ("year", "2003"),
            ("doi", "10.1214/aos/1056462561"),
        ],
    },
    Entry {
        key: "lange1989",
        kind: "article",
        fields: &[
            (
                "author",
                "Lange, Kenneth L. and Little, Roderick J. A. and Taylor, Jeremy M. G.",
            ),
            (
                "title",
                "Robust Statistical Modeling Using the t Distribution",
            ),
            ("journal", "Journal of the American Statistical Association"),
            ("volume", "84"),
            ("pages", "881--896"),
            ("year", "1989"),
            ("doi", "10.1080/01621459.1989.10478852"),
        ],
    },
    Entry {
        key: "wallis2014",
        kind: "article",
        fields: &[
            ("author", "Wallis, Kenneth F."),
            (
                "title",
                "The Two-Piece Normal, Binormal, or Double {Gaussian} Distribution: Its Origin and Rediscoveries",
            ),
            ("journal", "Statistical Science"),
            ("volume", "29"),
            ("number", "1"),
            ("pages", "106--112"),
            ("year", "2014"),
            ("doi", "10.1214/13-STS417"),
        ],
    },
    Entry {
        key: "prsa2016",
        kind: "article",
        fields: &[
            ("author", "Pr{\\v{s}}a, Andrej and others"),
            (
                "title",
                "Nominal Values for Selected Solar and Planetary Quantities: {IAU} 2015 {Resolution B3}",
            ),
            ("journal", "The Astronomical Journal"),
            ("volume", "152"),
            ("pages", "41"),
            ("year", "2016"),
            ("doi", "10.3847/0004-6256/152/2/41"),
            ("eprint", "1605.09788"),
            ("archiveprefix", "arXiv"),
        ],
    },
    Entry {
        key: "kumar2019",
        kind: "article",
        fields: &[
            (
                "author",
                "Kumar, Ravin and Carroll, Colin and Hartikainen, Ari and Martin, Osvaldo",
            ),
            (
                "title",
                "{ArviZ}: a unified library for exploratory analysis of {Bayesian} models in {Python}",
            ),
            ("journal", "Journal of Open Source Software"),
            ("volume", "4"),
            ("number", "33"),
            ("pages", "1143"),
            ("year", "2019"),
            ("doi", "10.21105/joss.01143"),
        ],
    },
    Entry {
        key: "arxiv:2410.04856",
        kind: "misc",
        fields: &[
            ("author", "Cubillos, Patricio E."),
            ("year", "2024"),
            ("eprint", "2410.04856"),
            ("archiveprefix", "arXiv"),
            (
                "note",
                "Gen TSO, the carrier of the instrument throughputs (Pandeia, STScI)",
            ),
        ],
    },
    Entry {
        key: "arxiv:2205.08560",
        kind: "misc",
        fields: &[
            ("author", "Meier Vald{\\'e}s, E. A. and others"),
            ("year", "2022"),
            ("eprint", "2205.08560"),
            ("archiveprefix", "arXiv"),
            ("note", "Eclipse depths of 55 Cnc e, TESS"),
        ],
    },
    Entry {
        key: "arxiv:2211.03582",
        kind: "misc",
        fields: &[
            ("author", "Demory, B.-O. and others"),
            ("year", "2023"),
            ("doi", "10.1051/0004-6361/202244894"),
            ("eprint", "2211.03582"),
            ("archiveprefix", "arXiv"),
            ("note", "Eclipse depths of 55 Cnc e, CHEOPS"),
        ],
    },
    Entry {
        key: "arxiv:2407.12898",
        kind: "misc",
        fields: &[
            ("author", "Patel, J. A. and others"),
            (
                "title",
                "{JWST} reveals a rapid and strong day side variability of 55 {Cancri} e",
            ),
            ("year", "2024"),
            ("eprint", "2407.12898"),
            ("archiveprefix", "arXiv"),
            ("note", "Eclipse depths of 55 Cnc e, JWST NIRCam"),
        ],
    },
    Entry {
        key: "arxiv:2408.13340",
        kind: "misc",
        fields: &[
            ("author", "Xue, Qiao and others"),
            ("year", "2024"),
            ("eprint", "2408.13340"),
            ("archiveprefix", "arXiv"),
            ("note", "Eclipse depth of GJ 1132 b, JWST MIRI LRS"),
        ],
    },
    Entry {
        key: "arxiv:2604.02332",
        kind: "misc",
        fields: &[
            ("year", "2026"),
            ("eprint", "2604.02332"),
            ("archiveprefix", "arXiv"),
            (
                "note",
                "Eclipse depth of GJ 3473 b, JWST MIRI F1500W (Hot Rocks Survey V)",
            ),
        ],
    },
    Entry {
        key: "arxiv:2401.01400",
        kind: "misc",
        fields: &[
            ("author", "Zhang, Michael and others"),
            ("journal", "The Astrophysical Journal Letters"),
            ("volume", "961"),
            ("pages", "L44"),
            ("year", "2024"),
            ("doi", "10.3847/2041-8213/ad1a07"),
            ("eprint", "2401.01400"),
            ("archiveprefix", "arXiv"),
            ("note", "Eclipse depth of GJ 367 b, JWST MIRI LRS"),
        ],
    },
    Entry {
        key: "arxiv:2203.00370",
        kind: "misc",
        fields: &[
            ("author", "Zieba, S. and others"),
            ("journal", "Astronomy \\& Astrophysics"),
            ("volume", "664"),
            ("pages", "A79"),
            ("year", "2022"),
            ("doi", "10.1051/0004-6361/202142912"),
            ("eprint", "2203.00370"),
            ("archiveprefix", "arXiv"),
            ("note", "Eclipse depth of K2-141 b, Spitzer"),
        ],
    },
    Entry {
        key: "arxiv:2410.10987",
        kind: "misc",
        fields: &[
            ("author", "Wachiraphan, Pat and others"),
            ("year", "2024"),
            ("eprint", "2410.10987"),
            ("archiveprefix", "arXiv"),
            ("note", "Eclipse spectrum of LTT 1445 A b, JWST MIRI LRS"),
        ],
    },
    Entry {
        key: "arxiv:2605.14997",
        kind: "misc",
        fields: &[
            ("author", "Wogan, Nicholas F. and others"),
            ("year", "2026"),
            ("eprint", "2605.14997"),
            ("archiveprefix", "arXiv"),
            (
                "note",
                "Tabulated eclipse spectrum and system parameters of LTT 1445 A b",
            ),
        ],
    },
    Entry {
        key: "arxiv:2412.11627",
        kind: "misc",
        fields: &[
            ("author", "Ducrot, E. and others"),
            ("year", "2024"),
            ("eprint", "2412.11627"),
            ("archiveprefix", "arXiv"),
            (
                "note",
                "Eclipse depths of TRAPPIST-1 b, JWST MIRI F1280W and F1500W",
            ),
        ],
    },
    Entry {
        key: "arxiv:2401.13027",
        kind: "misc",
        fields: &[
            ("author", "Bell, Taylor J. and others"),
            ("journal", "Nature Astronomy"),
            ("volume", "8"),
            ("pages", "879"),
            ("year", "2024"),
            ("doi", "10.1038/s41550-024-02230-x"),
            ("eprint", "2401.13027"),
            ("archiveprefix", "arXiv"),
            ("note", "Phase curve of WASP-43 b, JWST MIRI LRS"),
        ],
    },
];

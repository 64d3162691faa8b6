//! Icons: Lucide's drawings by name, as inline SVG that takes the colour of the text around it.
use icondata_core::IconData;

macro_rules! icons {
    ($($name:literal => $drawing:ident),+ $(,)?) => {
        fn drawing(name: &str) -> Option<&'static IconData> {
            match name { $($name => Some(icondata_lu::$drawing),)+ _ => None }
        }
        #[cfg(test)]
        const NAMES: &[&str] = &[$($name),+];
    };
}

icons! {
    "activity" => LuActivity,
    "archive" => LuArchive,
    "ban" => LuBan,
    "bell" => LuBell,
    "book" => LuBookOpen,
    "box" => LuPackage,
    "building" => LuBuilding2,
    "card" => LuCreditCard,
    "check" => LuCheck,
    "chevron-down" => LuChevronDown,
    "chevron-left" => LuChevronLeft,
    "chevron-right" => LuChevronRight,
    "clock" => LuClock,
    "columns" => LuColumns3,
    "copy" => LuCopy,
    "cpu" => LuCpu,
    "dashboard" => LuLayoutDashboard,
    "download" => LuDownload,
    "edit" => LuPencil,
    "error" => LuCircleAlert,
    "external" => LuExternalLink,
    "eye" => LuEye,
    "file" => LuFileText,
    "help" => LuCircleHelp,
    "history" => LuHistory,
    "home" => LuHouse,
    "inbox" => LuInbox,
    "info" => LuInfo,
    "key" => LuKeyRound,
    "languages" => LuLanguages,
    "licence" => LuFileBadge,
    "link" => LuLink,
    "lock" => LuLock,
    "log" => LuScrollText,
    "menu" => LuMenu,
    "model" => LuBoxes,
    "more" => LuEllipsis,
    "move" => LuArrowLeftRight,
    "network" => LuNetwork,
    "ok" => LuCircleCheck,
    "pause" => LuPause,
    "pin" => LuMapPin,
    "play" => LuPlay,
    "plus" => LuPlus,
    "refresh" => LuRefreshCw,
    "replace" => LuReplace,
    "search" => LuSearch,
    "server" => LuServer,
    "settings" => LuSettings,
    "shield" => LuShieldCheck,
    "sign-in" => LuLogIn,
    "sign-out" => LuLogOut,
    "store" => LuStore,
    "task" => LuListTodo,
    "terminal" => LuSmartphone,
    "theme" => LuSunMoon,
    "theme-dark" => LuMoon,
    "theme-light" => LuSun,
    "trash" => LuTrash2,
    "upload" => LuUpload,
    "user" => LuCircleUser,
    "users" => LuUsers,
    "warning" => LuTriangleAlert,
    "wifi" => LuWifi,
    "wifi-off" => LuWifiOff,
    "x" => LuX,
}

/// The drawing as SVG, hidden from screen readers: the words beside it say what it means. `None`
/// when nobody drew that name.
#[must_use]
pub fn icon(name: &str) -> Option<String> {
    let drawn = drawing(name)?;
    Some(format!(
        "<svg class=\"icon\" viewBox=\"{}\" width=\"18\" height=\"18\" fill=\"none\" \
         stroke=\"currentColor\" stroke-width=\"2\" stroke-linecap=\"round\" \
         stroke-linejoin=\"round\" aria-hidden=\"true\" focusable=\"false\">{}</svg>",
        drawn.view_box.unwrap_or("0 0 24 24"),
        drawn.data.replace('\n', ""),
    ))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn every_drawing_is_clean_enough_for_the_policy() {
        for name in NAMES {
            let svg = icon(name).unwrap();
            assert!(
                !svg.contains("style=") && !svg.contains("<script"),
                "{name}"
            );
        }
        assert_eq!(icon("no-such-icon"), None);
    }
}

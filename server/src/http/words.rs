//! The words of the pages that are shown before anyone is signed in.

use muster_domain::Language;

macro_rules! words {
    ($($name:ident: $en:literal, $ru:literal;)*) => {
        $(pub(super) fn $name(language: Language) -> &'static str {
            match language {
                Language::En => $en,
                Language::Ru => $ru,
            }
        })*
    };
}

words! {
    sign_in: "Sign in", "Вход";
    sign_in_button: "Sign in", "Войти";
    email: "E-mail", "Электронная почта";
    password: "Password", "Пароль";
    new_password: "New password", "Новый пароль";
    name: "Your name", "Ваше имя";
    forgotten: "Forgotten? On the server, run: muster account reset, with your address. It prints a link.",
        "Забыли? На сервере выполните muster account reset с вашим адресом. Команда напечатает ссылку.";
    wrong: "This address and password do not belong together.", "Такой пары адреса и пароля нет.";
    too_many: "Too many attempts. Try again in 15 minutes.", "Слишком много попыток. Попробуйте через 15 минут.";
    create_owner: "Create the owner’s account", "Создание учётной записи владельца";
    owner_text: "This account may do everything in Muster. The link works once.",
        "Эта учётная запись может в Muster всё. Ссылка работает один раз.";
    create_button: "Create account", "Создать";
    set_password: "Set your password", "Задайте пароль";
    set_text: "Signing in with an older password ends with this.", "Старый пароль и прежние входы перестанут действовать.";
    set_button: "Set password", "Задать пароль";
    password_rule: "At least 10 characters.", "Не меньше 10 символов.";
    link_dead: "This link was used already or has expired", "Эта ссылка уже использована или истекла";
    link_dead_text: "Start Muster again for a new link, or run: muster account reset, with your address.",
        "Запустите Muster снова, чтобы получить новую ссылку, или выполните muster account reset с вашим адресом.";
    bad_email: "An address looks like name@example.org.", "Адрес выглядит так: name@example.org.";
    bad_name: "A name is one line of at most 120 characters.", "Имя — одна строка, не длиннее 120 символов.";
    failed: "Muster could not do this now. The log has the reason.", "Muster не смог этого сделать. Причина есть в журнале.";
    missing: "There is nothing at this address", "По этому адресу ничего нет";
    missing_text: "The link may be old or mistyped.", "Ссылка могла устареть или быть набрана с ошибкой.";
}

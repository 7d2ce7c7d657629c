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
    sign_in_help: "Help with signing in", "Справка о входе";
    guide: "Guide", "Справка";
    guide_pages: "Pages of the guide", "Страницы справки";
    guide_back: "To the console", "В консоль";
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
    nowhere: "This account is in no workspace any more. Ask for an invitation.",
        "Эта учётная запись больше не состоит ни в одном рабочем пространстве. Попросите приглашение.";
    elsewhere: "This page shows another workspace. Load it again.", "Эта страница показывает другое рабочее пространство. Загрузите её заново.";
    certificate: "APNs certificate", "Сертификат APNs";
    certificate_back: "Back to the settings", "Назад к настройкам";
    certificate_none: "There is no certificate yet.", "Сертификата пока нет.";
    certificate_no_request: "There is no request yet. Make one in the settings first.", "Запроса пока нет. Сначала создайте его в настройках.";
    certificate_no_vendor: "No MDM vendor certificate is uploaded.", "Сертификат поставщика MDM не загружен.";
    certificate_password: "The password of the file must have at least 8 characters.", "Пароль файла должен быть не короче 8 символов.";
    join_as: "You are invited to", "Вас приглашают в";
    join_role_owner: "As an owner you may do everything there, and decide who else may.", "Владелец может всё и решает, что могут другие.";
    join_role_administrator: "As an administrator you may do everything there but change owners.", "Администратор может всё, кроме управления владельцами.";
    join_role_operator: "As an operator you send people their instructions.", "Оператор отправляет людям инструкции.";
    join_role_auditor: "As an auditor you see everything but links, and change nothing.", "Аудитор видит всё, кроме ссылок, и ничего не меняет.";
    join_for: "For", "Для";
    join_by: "Invited by", "Пригласил(а)";
    join_new: "Choose a password for your new account.", "Придумайте пароль для новой учётной записи.";
    join_known: "You have an account with this address. Its password joins it to the workspace.",
        "У вас уже есть учётная запись с этим адресом. Введите её пароль, чтобы войти в рабочее пространство.";
    join_signed_in: "You are signed in with this address.", "Вы вошли с этим адресом.";
    join_other: "You are signed in as", "Вы вошли как";
    join_other_text: "This invitation is for another address. Sign out, then open its link again.",
        "Это приглашение для другого адреса. Выйдите и откройте ссылку снова.";
    join_button: "Join", "Присоединиться";
    join_create: "Create account and join", "Создать учётную запись и присоединиться";
    sign_out: "Sign out", "Выйти";
    join_dead: "This invitation does not work any more", "Это приглашение больше не действует";
    join_dead_text: "It was taken up, withdrawn or replaced, or its seven days are over. Ask whoever invited you for a new one.",
        "Оно уже принято, отозвано, заменено новым или истекло через семь дней. Попросите новое у того, кто вас пригласил.";
    join_wrong: "This is not the account’s password.", "Это не пароль учётной записи.";
    workspace_new: "New workspace", "Новое рабочее пространство";
    workspace_text: "A space of its own: people, devices, messages and settings are apart from those of the others. You will be its owner.",
        "Отдельное пространство: люди, устройства, сообщения и настройки не пересекаются с другими. Вы станете его владельцем.";
    workspace_name: "Name of the company", "Название организации";
    workspace_create: "Create workspace", "Создать";
    workspace_refused: "Only owners and administrators make workspaces.", "Новые рабочие пространства создают только владельцы и администраторы.";
    back: "Back", "Назад";
    sheets: "Sheets to hand over", "Листы для передачи";
    sheets_text: "Print this page: each sheet connects one device, and is as good as a key until then.",
        "Напечатайте эту страницу: каждый лист подключает одно устройство и до этого равносилен ключу.";
    sheets_none: "There are no sheets here", "Здесь нет листов";
    sheets_none_text: "These links were used already, have ended or were withdrawn, or the people are not there any more.",
        "Эти ссылки уже использованы, истекли или отозваны, или этих людей больше нет.";
    sheets_again: "Some of them have a link already", "У некоторых из них уже есть ссылка";
    sheets_again_text: "These people have a link that has not connected a device yet:", "У этих людей есть ссылка, которая ещё не подключила устройство:";
    sheets_and_others: "and others", "и другие";
    sheets_print_again: "Print their links again", "Напечатать их ссылки ещё раз";
    sheets_print_again_text: "Nobody gets a second link. Who has none yet gets one.",
        "Второй ссылки никто не получит. У кого ссылки ещё нет, тот её получит.";
    sheets_make_more: "Make another link for each", "Создать каждому ещё одну ссылку";
    sheets_make_more_text: "For another device: the links that are there keep working.",
        "Для ещё одного устройства: прежние ссылки продолжат работать.";
    sheets_parts: "They are printed in parts, up to a hundred sheets each:", "Они печатаются частями, до ста листов в каждой:";
    sheets_first: "These are the first thousand. Print them, then choose the others by their group.",
        "Это первая тысяча. Напечатайте её, затем выберите остальных по группе.";
    sheets_unread: "This form does not say for whom", "В этой форме не сказано, для кого";
    sheets_unread_text: "Open Users, tick people, and choose Send instructions.", "Откройте «Пользователи», отметьте людей и нажмите «Отправить инструкции».";
    sheet_title: "Connect your phone", "Подключите свой телефон";
    sheet_scan: "Point the phone’s camera at the code and open the link, or type it into the phone’s browser.",
        "Наведите камеру телефона на код и откройте ссылку или введите её в браузере телефона.";
    sheet_follow: "Do what the page says. It takes about two minutes.", "Следуйте указаниям на странице. Это займёт около двух минут.";
    sheet_ends: "The link connects one device, until", "Ссылка подключает одно устройство и действует до:";
    sheet_ask: "Whom to ask:", "К кому обращаться:";
    forbidden: "Your role does not let you do this", "Ваша роль этого не позволяет";
    forbidden_text: "Ask an owner or an administrator of the workspace.", "Обратитесь к владельцу или администратору рабочего пространства.";
    unknown: "This address filters by something that Muster does not know", "Адрес отбирает по тому, чего Muster не знает";
    unknown_text: "Nothing was exported. Open the list and choose its filters there.", "Ничего не выгружено. Откройте список и выберите отбор в нём.";
    agent_protocol: "Agent protocol", "Протокол агента";
    openapi: "The OpenAPI 3.1 document", "Документ OpenAPI 3.1";
    signing: "Signing", "Подпись запросов";
    calls: "Calls", "Вызовы";
    types: "Types", "Типы данных";
    signed: "signed", "с подписью";
    not_signed: "not signed", "без подписи";
    body: "Body:", "Тело запроса:";
    answers: "Answers", "Ответы";
    required: "required", "обязательно";
    example: "Example", "Пример";
    broken: "Something went wrong", "Что-то пошло не так";
    busy: "Too busy", "Слишком много запросов";
    busy_text: "Muster has too much to do at once. Try again in a few seconds.",
        "Muster сейчас перегружен. Попробуйте ещё раз через несколько секунд.";
    slow: "Too slow", "Слишком долго";
    slow_text: "The request took too long and was ended. Try again.", "Запрос занял слишком много времени и был прерван. Попробуйте ещё раз.";
    often: "Too often", "Слишком часто";
    large: "Too large", "Слишком большой запрос";
    large_text: "Muster takes at most 1 MiB at once.", "Muster принимает не больше 1 МиБ за раз.";
    reference: "Reference", "Номер для журнала";
    failed: "Muster could not do this now. The log has the reason.", "Muster не смог этого сделать. Причина есть в журнале.";
    missing: "There is nothing at this address", "По этому адресу ничего нет";
    missing_text: "The link may be old or mistyped.", "Ссылка могла устареть или быть набрана с ошибкой.";
}

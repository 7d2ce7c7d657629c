//! What every store must do, told once: the stories take a world with `dyn Store` in it, so that a second database
//! runs the same ones. Adding it is one more module in `stories!`. A story that is missing here is dead code, which
//! clippy refuses. After each the counts that are kept are counted anew.

#![expect(clippy::unwrap_used, clippy::panic, reason = "a test that panics fails, as it should")]

mod stories {
    pub mod accounts;
    pub mod again;
    pub mod apple;
    pub mod apple_calls;
    pub mod apple_commands;
    pub mod apple_waiting;
    pub mod audit;
    pub mod brand;
    pub mod bulk;
    pub mod check_ins;
    pub mod commands;
    pub mod configurations;
    pub mod devices;
    pub mod filters;
    pub mod groups;
    pub mod headwind;
    pub mod links;
    pub mod members;
    pub mod outbox;
    pub mod overview;
    pub mod packages;
    pub mod people;
    pub mod push_certificates;
    pub mod sending;
    pub mod signing_certificates;
    pub mod upkeep;
    pub mod waiting;
    pub mod workspaces;
}
mod world;

macro_rules! stories {
    ($($subject:ident: $($story:ident),+;)+) => {
        mod sqlite {
            $($(
                #[tokio::test]
                async fn $story() {
                    let world = crate::world::World::sqlite().await;
                    let kept = crate::world::kept::Kept::of(&world).await;
                    crate::stories::$subject::$story(world).await;
                    kept.assert_right().await;
                }
            )+)+
        }
    };
}

stories! {
    apple: the_phone_of_a_deleted_person_is_known_as_one_that_was_let_go,
        the_first_authority_stays,
        a2_a_number_of_a_link_is_one_certificate_and_a_lost_answer_is_repeated,
        a2_two_at_once_with_one_challenge_are_one_certificate,
        a4_a23_a_link_of_another_workspace_or_an_ended_one_gives_no_certificate,
        a_phone_begins_and_is_connected_with_its_tokens,
        a22_two_phones_with_one_link_are_one_device,
        a10_a_certificate_that_was_not_issued_for_the_link_begins_nothing,
        a_phone_that_installs_the_profile_again_is_the_same_row_with_a_new_certificate,
        a11_a_phone_that_is_enrolled_moves_only_when_somebody_lets_it,
        a11_a_phone_of_another_workspace_stays_there_until_it_is_let_go,
        pinning_survives_a_renewal_and_the_former_certificate_ends_with_its_first_use,
        a_phone_whose_profile_is_removed_stays_listed_as_critical,
        who_is_to_be_asked_and_whose_certificate_ends_is_known,
        what_a_device_lists_is_kept_and_seen_in_its_workspace_alone;
    apple_commands: commands_go_out_one_at_a_time_and_a_postponed_one_comes_in_the_next_session,
        a12_another_devices_command_and_a_second_answer_change_nothing,
        an_erased_phone_has_left_and_is_never_erased_twice,
        a_report_asks_all_questions_and_what_a_phone_cannot_do_is_refused,
        what_a_phone_has_done_is_known_at_once_and_not_with_its_next_report;
    apple_calls: calls_are_due_until_they_were_made_and_several_are_one,
        calls_that_wait_or_were_refused_are_due_when_another_certificate_comes,
        a_phone_that_cannot_be_called_any_more_is_critical_until_it_says_how;
    headwind: a19_a_link_is_bound_to_the_number_that_asked_first_and_another_is_refused,
        a22_two_phones_with_one_link_in_one_instant_are_one_device,
        a19_a_link_is_answered_again_only_after_somebody_has_said_yes_and_for_a_day,
        a_device_is_called_by_its_model_once_that_is_known,
        another_build_than_the_companys_is_told_at_the_device_until_it_asks_signed,
        what_the_agent_never_confirms_ends_with_being_told,
        a_report_that_was_asked_for_is_done_when_the_device_has_told,
        what_is_done_once_is_confirmed_before_and_wanted_once,
        a_new_password_goes_out_for_a_short_time_and_is_not_kept,
        an_erased_device_has_left_and_one_that_comes_back_is_not_erased_again,
        a_second_phone_at_an_address_is_seen_and_told_nothing_until_somebody_decides;
    configurations: a_device_has_the_first_configuration_in_order_that_is_for_a_group_of_its_owner,
        a_save_that_is_based_on_a_former_version_changes_nothing,
        who_joins_or_leaves_a_group_or_is_given_a_device_is_told,
        how_many_a_change_reaches_is_known_before_it_is_saved,
        a29_configurations_of_another_workspace_are_not_there,
        of_a_devices_log_the_newest_entries_are_kept,
        what_a_device_lacked_ends_with_its_configuration,
        each_change_of_a_configuration_stands_in_the_log_without_secrets;
    brand: words_are_kept_by_language_and_gone_they_are_the_usual_ones,
        colour_logo_and_whom_to_ask_are_kept_and_settings_go_with_them,
        a29_words_and_logos_of_another_workspace_are_not_seen_and_not_changed;
    packages: a_package_takes_the_place_of_its_former_version_at_the_same_address,
        a_package_of_another_signer_is_kept_only_if_that_is_wanted_and_the_log_says_so,
        an_older_package_is_kept_only_if_that_is_meant,
        a29_packages_of_another_workspace_are_not_there_and_a_name_is_free_in_each,
        there_are_as_many_packages_as_may_be_and_no_more;
    people: people_are_listed_sorted_and_found_in_both_alphabets,
        those_who_are_still_there_are_told_and_nobody_of_another_workspace,
        words_are_found_in_any_order_and_yo_as_ye,
        a_file_that_is_imported_again_adds_nobody_also_without_addresses,
        who_saves_a_person_leaves_what_a_colleague_changed_meanwhile,
        an_import_leaves_languages_and_devices_are_found_by_their_owners_new_name,
        an_address_belongs_to_one_person_in_any_case,
        an_empty_cell_of_an_import_changes_nothing,
        an_import_updates_by_address_and_is_all_or_nothing,
        groups_of_an_import_are_added_or_replace_those_that_people_are_in,
        the_number_of_people_is_kept_with_each_change_and_in_each_workspace,
        who_of_a_list_is_there_is_told_before_it_is_imported,
        who_comes_twice_in_an_import_is_written_once_as_their_rows_say_one_after_another,
        many_and_few_are_found_and_counted_alike;
    filters: every_filter_finds_just_who_fits_it_in_lists_and_in_selections,
        instructions_to_several_groups_reach_each_member_once;
    groups: groups_know_how_many_are_in_them_and_connected,
        a_group_is_made_renamed_and_deleted_and_its_members_stay,
        people_join_and_leave_as_a_selection_says_each_once,
        groups_are_searched_sorted_and_paged;
    sending: who_is_connected_or_has_an_open_message_is_counted_and_left_out_where_that_is_asked,
        all_messages_are_walked_through_in_steps_newest_first,
        instructions_go_to_those_with_an_address_and_the_others_are_counted,
        a_send_can_be_undone_for_ten_seconds_and_not_later,
        after_an_undo_the_row_shows_the_message_from_before,
        those_without_an_address_are_named_within_the_selection;
    outbox: a_mail_is_sent_once_and_a_worker_that_lost_its_lease_cannot_write,
        a_refused_mail_fails_with_the_servers_words_and_can_be_sent_again,
        an_older_claim_of_the_same_worker_cannot_finish_a_newer_one,
        a46_a_lease_that_is_renewed_is_not_taken_over_and_one_that_was_lost_cannot_be_renewed,
        the_attempt_at_a_link_that_was_replaced_does_not_end_the_message_with_the_newer_one,
        what_a_limit_holds_up_says_so_and_counts_no_attempt_while_a_fault_is_one,
        mails_are_claimed_workspace_by_workspace,
        what_waits_is_counted_with_the_newest_reason_and_what_was_sent_by_the_minute,
        marks_that_wait_together_are_answered_each_for_itself;
    again: all_that_failed_of_a_send_goes_out_again_and_nothing_else,
        what_failed_and_has_expired_since_stays_failed,
        the_users_row_tells_on_what_a_link_was_opened_and_which_device_it_connected;
    links: a22_of_thirty_two_devices_that_race_for_one_link_exactly_one_wins,
        the_same_hardware_may_come_back_even_after_expiry_and_another_may_not,
        a18_a_claim_or_check_in_that_is_repeated_is_refused,
        a23_a_link_is_dead_after_revocation_expiry_deletion_and_renewal,
        a_device_under_another_management_is_refused_and_binds_nothing,
        a_look_at_the_page_is_a_hint_and_never_ends_a_link,
        look_ups_that_wait_together_find_each_its_own;
    devices: what_a_device_tells_becomes_its_status_and_its_owners,
        a_device_that_is_deleted_takes_its_link_with_it,
        a_device_that_was_moved_stays_when_its_former_owner_is_deleted,
        devices_and_messages_are_found_by_whom_they_belong_to_few_and_many_alike;
    overview: each_figure_is_the_number_of_rows_that_it_leads_to,
        how_far_a_message_came_stays_known_whatever_becomes_of_it,
        a29_figures_count_nothing_of_another_workspace;
    accounts: a34_the_owner_is_created_once,
        a33_sessions_end_by_time_by_sign_out_and_by_a_new_password;
    members: a27_an_invitation_is_taken_up_once_and_by_the_account_of_its_address_alone,
        an_invitation_ends_by_time_by_withdrawal_and_by_a_newer_link,
        a29_an_administrator_makes_no_owner_and_who_is_no_member_changes_nothing,
        a33_who_is_removed_or_has_another_role_is_signed_out_there_and_what_they_invited_ends,
        the_last_owner_cannot_leave_nor_be_removed_nor_become_something_else,
        of_many_owners_who_leave_at_once_exactly_one_stays,
        an_account_makes_workspaces_switches_between_them_and_leaves,
        an_account_sees_its_sessions_and_ends_one_or_all_others,
        a33_a_changed_password_ends_the_other_sessions_and_links_and_needs_the_present_one;
    workspaces: a29_no_id_of_another_workspace_reaches_anything,
        each_change_is_told_once_a_commit_with_its_workspace,
        other_mail_settings_make_due_what_waits_after_a_failure,
        the_addresses_that_a_workspace_had_are_remembered_newest_first;
    bulk: many_devices_are_told_at_once_and_those_that_cannot_do_it_say_why,
        a_pick_is_what_the_list_shows_in_its_order_or_just_what_is_ticked,
        a_pick_of_messages_tells_to_how_many_it_can_be_done_and_why_not_to_the_others,
        each_message_of_many_is_done_or_refused_by_itself_and_told_by_an_entry,
        an_act_on_messages_that_is_repeated_does_nothing_twice,
        no_act_ends_a_link_earlier_than_it_would_have_ended,
        an_act_that_asks_again_is_answered_as_the_first_time_so_that_all_of_it_can_be_put_back,
        what_was_extended_is_put_back_where_nobody_has_touched_it,
        devices_are_named_by_pattern_and_put_back,
        devices_go_to_another_person_and_back_and_are_deleted,
        a29_ids_of_another_workspace_are_not_there_and_nothing_of_it_changes;
    check_ins: a18_of_the_same_nonce_at_the_same_time_exactly_one_is_taken,
        a18_a_nonce_that_was_taken_stays_taken_after_a_restart,
        each_of_many_is_answered_for_itself_and_written,
        two_of_the_same_device_at_once_both_count,
        many_check_ins_are_told_once_and_a_new_status_at_once,
        a_device_that_tells_nothing_new_within_a_minute_writes_nothing_but_its_nonce;
    commands: a_command_comes_with_each_check_in_until_it_is_answered,
        a12_an_answer_to_another_devices_command_or_a_second_one_changes_nothing,
        a_device_that_left_is_asked_nothing_and_answers_nothing;
    audit: what_is_done_in_someones_name_leaves_an_entry_and_nothing_else_does,
        an_import_says_whom_it_added_and_of_whom_it_changed_what_was_there,
        what_becomes_of_invitations_and_devices_is_told_with_its_author,
        the_log_is_found_by_area_author_time_and_words_and_by_its_workspace_alone;
    waiting: somebody_waits_since_their_first_message_after_the_last_connection,
        a_device_that_is_given_away_takes_the_waiting_of_its_new_owner,
        a_request_for_a_new_link_stays_until_a_message_is_queued_for_its_person,
        a_newer_message_answers_the_request_and_undone_it_stands_again,
        an_extended_link_is_what_it_was_before_it_expired,
        a_message_that_never_went_out_goes_out_when_its_link_is_extended;
    apple_waiting: whoever_waits_for_the_certificate_is_told_once_by_the_same_link,
        who_connected_or_whose_link_was_revoked_waits_no_more,
        a29_nobody_of_another_workspace_is_counted_or_told;
    push_certificates: a17_a_certificate_for_another_topic_replaces_the_last_only_with_the_number_of_devices_cut_off,
        a_request_waits_until_a_certificate_with_its_key_comes,
        a_vendor_certificate_is_kept_until_it_is_removed,
        connected_apple_devices_are_counted_and_each_reminder_is_told_once,
        a29_certificates_and_keys_of_another_workspace_are_not_there;
    signing_certificates: a_signing_certificate_is_kept_replaced_and_removed_and_the_log_says_so,
        a29_a_signing_certificate_of_another_workspace_is_not_there;
    upkeep: what_is_over_is_taken_away_and_nothing_else;
}

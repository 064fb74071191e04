/** Fields that say more about a message: who, when, where, and in answer to what (core.telegram.org/bots/api#message). */
const ABOUT =
  /^(message|date|from|sender|receiver|ephemeral|is|has|show|forward|reply|external|quote|via|guest|business|edit|media_group|author|link_preview|effect|paid_star|direct_messages|entities|caption_entities)(_|$)/;
/** Fields in which Telegram tells of a chat, or of an act that no bot of this hub can ask for. */
const SERVICE =
  /^(new_chat|left_chat|delete_chat|group_chat|supergroup_chat|channel_chat|community_chat|video_chat|chat|migrate|pinned|forum_topic|general_forum_topic|suggested_post|managed_bot|poll_option|message_auto_delete|successful|refunded|users|connected|write_access|passport|proximity|boost|gift|unique_gift|paid_message|direct_message)(_|$)|^giveaway_(created|completed)$/;

/** Whether a field of a message is something that a person sent; an unknown one counts as such. */
export function isContent(field: string): boolean {
  return !ABOUT.test(field) && !SERVICE.test(field);
}

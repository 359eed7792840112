"""The words of states and kinds, for people."""

from django.utils.translation import gettext_lazy

ORDER_STATES = {
    "pending_payment": gettext_lazy("Waiting for payment"),
    "waiting_group": gettext_lazy("Waiting for the group"),
    "waiting_gift": gettext_lazy("A gift, not taken yet"),
    "paid": gettext_lazy("Waiting to be sent"),
    "shipped": gettext_lazy("On its way"),
    "received": gettext_lazy("Received"),
    "completed": gettext_lazy("Completed"),
    "cancelled": gettext_lazy("Closed"),
    "refunded": gettext_lazy("Refunded"),
    "refunding": gettext_lazy("Being refunded"),
    "refund_asked": gettext_lazy("Refund requested"),
    "partly_shipped": gettext_lazy("Partially shipped"),
}
AFTERSALE_STATES = {
    "asked": gettext_lazy("Waiting for the merchant"),
    "agreed": gettext_lazy("Agreed, goods go back"),
    "sent_back": gettext_lazy("Goods on their way back"),
    "accepted": gettext_lazy("Accepted, money on its way"),
    "refunded": gettext_lazy("Refunded"),
    "refused": gettext_lazy("Refused"),
    "withdrawn": gettext_lazy("Taken back"),
}
INCOME_STATES = {
    "pending": gettext_lazy("Pending"),
    "available": gettext_lazy("Available"),
    "coupon": gettext_lazy("Coupon"),
    "reversed": gettext_lazy("Reversed"),
}
COMMISSION_KINDS = {
    "commission": gettext_lazy("Share commission"),
    "override": gettext_lazy("Team commission"),
    "self_saving": gettext_lazy("Own purchase saved"),
    "recruit_reward": gettext_lazy("Reward for a new owner"),
    "invite_coupon": gettext_lazy("Invitation coupon"),
    "breakage": gettext_lazy("Kept by the platform"),
}
DIFFERENCE_KINDS = {
    "payment": gettext_lazy("Payment"),
    "refund": gettext_lazy("Refund"),
    "payout": gettext_lazy("Payout"),
    "posted_charges": gettext_lazy("Charges and ledger"),
    "posted_refunds": gettext_lazy("Refunds and ledger"),
    "posted_payouts": gettext_lazy("Payouts and ledger"),
}
WITHDRAWAL_STATES = {
    "asked": gettext_lazy("Waiting for review"),
    "approved": gettext_lazy("Payout on its way"),
    "paid": gettext_lazy("Paid out"),
    "refused": gettext_lazy("Refused"),
    "failed": gettext_lazy("Failed, it is yours again"),
}
PLAN_STATES = {
    "draft": gettext_lazy("Draft"),
    "checked": gettext_lazy("Checked"),
    "simulated": gettext_lazy("Simulated"),
    "approved": gettext_lazy("Approved"),
    "active": gettext_lazy("In force"),
    "retired": gettext_lazy("Retired"),
}
RISKS = {
    "burst": gettext_lazy("Many shops opened under one inviter within a day"),
    "star": gettext_lazy("Many invited, and none of them has ever sold"),
    "siblings": gettext_lazy("Signed in with the same browser as the one who invited them"),
    "own_buyer": gettext_lazy("Buyers by own links who sign in with the owner's browser"),
    "late_refund": gettext_lazy("Goods went back after the earnings had matured"),
}
WHYS = {
    "own_sale": gettext_lazy("A friend bought through you"),
    "override_direct": gettext_lazy("An owner you invited sold this"),
    "override_own": gettext_lazy("A leader's own sale"),
    "recruit": gettext_lazy("An owner joined your community"),
    "invite_coupon": gettext_lazy("You invited an owner"),
    "override_team": gettext_lazy("An owner of your community sold this"),
    "no_override": gettext_lazy("Nobody is entitled to the team commission"),
}
CANCEL_REASONS = {
    "group_failed": gettext_lazy("The group did not fill"),
    "gift_not_taken": gettext_lazy("Nobody took this gift"),
    "by_member": gettext_lazy("You cancelled it"),
    "unpaid": gettext_lazy("It was not paid in time"),
}
TIERS = {
    "ordinary": gettext_lazy("Owner"),
    "gold": gettext_lazy("Gold owner"),
    "senior": gettext_lazy("Senior gold owner"),
}
REFUND_REASONS = (
    gettext_lazy("Spoiled or damaged"),
    gettext_lazy("Not as described"),
    gettext_lazy("Something is missing"),
    gettext_lazy("I do not want it any more"),
    gettext_lazy("It came too late"),
)
LEDGER_KINDS = {
    "paid": gettext_lazy("Order paid"),
    "completed": gettext_lazy("Order completed"),
    "settlement": gettext_lazy("Orders completed, together"),
    "refund": gettext_lazy("Refund"),
    "refund_paid": gettext_lazy("Refund paid out"),
    "join": gettext_lazy("Owner joined"),
    "join_matured": gettext_lazy("Reward for a new owner matured"),
    "withdrawal": gettext_lazy("Withdrawal asked"),
    "withdrawal_paid": gettext_lazy("Withdrawal paid out"),
    "withdrawal_back": gettext_lazy("Withdrawal came back"),
    "write_off": gettext_lazy("Debt given up"),
    "group_paid": gettext_lazy("Seat of a group paid"),
    "gift_paid": gettext_lazy("Gift paid"),
    "coupon_used": gettext_lazy("Coupon of a plan used"),
    "points": gettext_lazy("Points given"),
    "points_used": gettext_lazy("Points spent"),
    "points_back": gettext_lazy("Points came back"),
    "points_ended": gettext_lazy("Points ended"),
    "tip": gettext_lazy("Tip in points"),
    "packet": gettext_lazy("Red packet sent"),
    "packet_taken": gettext_lazy("Red packet taken"),
    "packet_back": gettext_lazy("Red packet came back"),
    "coupon_returned": gettext_lazy("Coupon of a plan returned"),
    "coupon_expired": gettext_lazy("Coupon of a plan expired"),
    "surplus": gettext_lazy("Payment that goes back"),
    "fee_paid": gettext_lazy("Fee for coming into a community"),
    "fee_earned": gettext_lazy("Fee of a community earned"),
    "refund_fee": gettext_lazy("Fee of a community given back"),
}
CAMPAIGN_KINDS = {
    "group_buy": gettext_lazy("Group buy"),
    "flash_sale": gettext_lazy("Flash sale"),
    "bargain": gettext_lazy("Bargain"),
    "preview": gettext_lazy("Preview"),
}
CAMPAIGN_STATES = {
    "scheduled": gettext_lazy("Coming"),
    "running": gettext_lazy("Running"),
    "sold_out": gettext_lazy("Sold out"),
    "ended": gettext_lazy("Ended"),
    "stopped": gettext_lazy("Stopped"),
}
OCCUPATIONS = {
    "parent": gettext_lazy("At home with children"),
    "office": gettext_lazy("Office"),
    "teacher": gettext_lazy("Teacher"),
    "medical": gettext_lazy("Health care"),
    "student": gettext_lazy("Student"),
    "retired": gettext_lazy("Pensioner"),
    "farmer": gettext_lazy("Farmer"),
    "service": gettext_lazy("Trade and service"),
    "own_boss": gettext_lazy("Self-employed"),
    "other": gettext_lazy("Something else"),
}
IDENTITIES = {
    "owner": gettext_lazy("Owners"),
    "buyer": gettext_lazy("Who has bought"),
    "newcomer": gettext_lazy("Who has not bought yet"),
}
FITS = {
    "region": gettext_lazy("your region"),
    "occupation": gettext_lazy("what you do"),
    "interest": gettext_lazy("what you like"),
    "identity": gettext_lazy("how you shop"),
}
# The names of fields of forms, said before what is wrong with them.
FIELDS = {
    "kind": gettext_lazy("Kind"),
    "sku": gettext_lazy("Goods and variant"),
    "sku_id": gettext_lazy("Goods and variant"),
    "starts_at": gettext_lazy("Begins"),
    "ends_at": gettext_lazy("Ends"),
    "price": gettext_lazy("Price ¥"),
    "price_fen": gettext_lazy("Price ¥"),
    "stock": gettext_lazy("Units in this campaign"),
    "seats": gettext_lazy("People"),
    "hours": gettext_lazy("Hours that it has"),
    "per_member": gettext_lazy("Units per member"),
    "rate": gettext_lazy("Commission %"),
    "rate_bp": gettext_lazy("Commission %"),
    "leader_cut": gettext_lazy("Initiator pays less by ¥"),
    "leader_cut_fen": gettext_lazy("Initiator pays less by ¥"),
    "budget": gettext_lazy("Budget ¥"),
    "name": gettext_lazy("Name"),
    "percent_bp": gettext_lazy("Percent off"),
    "face_fen": gettext_lazy("Worth ¥"),
    "step_fen": gettext_lazy("Every friend adds ¥"),
    "cap_fen": gettext_lazy("At most ¥"),
    "min_spend_fen": gettext_lazy("From goods of ¥ (empty: no threshold)"),
    "quantity": gettext_lazy("How many"),
    "valid_days": gettext_lazy("Valid for days"),
    "scope": gettext_lazy("For"),
    "platform_share_bp": gettext_lazy("The platform bears %"),
    "claim_code": gettext_lazy("Code to claim it by (empty: none)"),
    "region": gettext_lazy("Region"),
    "capacity": gettext_lazy("Members at most"),
    "member_count": gettext_lazy("Members now"),
    "position": gettext_lazy("Its place in the series"),
    "join_url": gettext_lazy("Link to join"),
    "qr": gettext_lazy("Picture of the join code"),
}
PACK_WHYS = {
    "sells": gettext_lazy("sells through you"),
    "season": gettext_lazy("in season"),
    "fits": gettext_lazy("fits your neighbours"),
    "popular": gettext_lazy("popular now"),
}
PLATFORMS = {
    "wechat": gettext_lazy("WeChat group"),
    "wecom": gettext_lazy("WeCom group"),
    "qq": gettext_lazy("QQ group"),
    "other": gettext_lazy("Other group"),
}
RINGS = {
    "outer": gettext_lazy("Outer ring: groups elsewhere"),
    "middle": gettext_lazy("Middle ring: service accounts of regions"),
    "inner": gettext_lazy("Inner ring: this app"),
}
COMMUNITY_TYPES = {
    "benefit": gettext_lazy("Good offers"),
    "light": gettext_lazy("Share and ask"),
    "heavy": gettext_lazy("Members only"),
}
COMMUNITY_TYPE_HINTS = {
    "benefit": gettext_lazy("Leaders tell of good offers; everybody reads, comments and asks."),
    "light": gettext_lazy("Everybody shares and asks; anybody can read along."),
    "heavy": gettext_lazy("Talk among members; only they read it."),
}
ENTRY_KINDS = {
    "open": gettext_lazy("Open to everybody"),
    "question": gettext_lazy("Answer a question"),
    "invitation": gettext_lazy("By invitation"),
    "purchase": gettext_lazy("For people who have bought"),
    "fee": gettext_lazy("For a fee, once"),
}
COURSE_LEVELS = {
    "opening": gettext_lazy("Opening"),
    "middle": gettext_lazy("Middle"),
    "advanced": gettext_lazy("Advanced"),
}
TEMPLATE_PARTS = {
    "intro": gettext_lazy("In one sentence"),
    "rules": gettext_lazy("Rules in plain words"),
    "tags": gettext_lazy("Tags"),
    "capacity": gettext_lazy("Members at most"),
    "daily_intake": gettext_lazy("Newcomers a day"),
    "entry": gettext_lazy("The way in"),
}
LIGHTS = {
    "green": gettext_lazy("well"),
    "amber": gettext_lazy("needs care"),
    "red": gettext_lazy("in need"),
}
ADVICE = {
    "fine": gettext_lazy("It goes well. Ask those who talk most what they would like to lead."),
    "answer": gettext_lazy("Questions wait. Answer them yourself, or ask somebody by name who knows."),
    "stay": gettext_lazy("Newcomers do not come back. Greet each on the first day, by name."),
    "talk": gettext_lazy("Few talk. Ask one member a day how they use what they bought."),
    "even": gettext_lazy("A few do all the talking. Give the floor to somebody else this week."),
}
LINES = {
    "buying": gettext_lazy("Experience"),
    "selling": gettext_lazy("Selling skill"),
    "question": gettext_lazy("Question"),
    "show": gettext_lazy("Shown off"),
}
ROLES = {
    "leader": gettext_lazy("Leader"),
    "operator": gettext_lazy("Second-level operator"),
    "member": gettext_lazy("Member"),
}
SANCTIONS = {
    "hint": gettext_lazy("A hint"),
    "pause": gettext_lazy("Pause writing"),
    "rest": gettext_lazy("Rest"),
    "leave": gettext_lazy("Leave"),
}
COUPON_STATES = {
    "unused": gettext_lazy("To be used"),
    "held": gettext_lazy("In an open order"),
    "used": gettext_lazy("Used"),
    "expired": gettext_lazy("Over"),
    "void": gettext_lazy("Over"),
}
COUPON_KINDS = {
    "fixed": gettext_lazy("A fixed amount"),
    "percent": gettext_lazy("A percentage"),
    "growth": gettext_lazy("Growing by friends"),
}
POINT_KINDS = {
    "check_in": gettext_lazy("Checked in"),
    "opening": gettext_lazy("Transferred from your previous store"),
    "purchase": gettext_lazy("Bought and kept"),
    "honour": gettext_lazy("An honour taken as points"),
    "spent": gettext_lazy("Spent with an order"),
    "tip": gettext_lazy("A tip for what you wrote"),
    "tip_given": gettext_lazy("You tipped an author"),
    "packet": gettext_lazy("From a red packet"),
    "packet_sent": gettext_lazy("You sent a red packet"),
    "packet_back": gettext_lazy("Left over from your red packet"),
    "quiz": gettext_lazy("A level of the quiz passed"),
    "referral": gettext_lazy("A friend whom you brought bought and kept"),
    "referred": gettext_lazy("Your first order that you kept, by a friend's link"),
    "returned": gettext_lazy("Came back"),
}
MILESTONES = {
    "first_sale": gettext_lazy("The first sale that was kept"),
    "ten_sales": gettext_lazy("Ten sales that were kept"),
    "ten_thousand_yuan": gettext_lazy("Goods of ¥10,000 that were kept"),
    "hundred_sales": gettext_lazy("A hundred sales that were kept"),
}
AUDIENCES = {
    "buyers": gettext_lazy("Everybody who has bought"),
    "recent_buyers": gettext_lazy("Who bought within 30 days"),
    "sleeping_buyers": gettext_lazy("Who has not bought for 30 days"),
    "newcomers": gettext_lazy("Who has never bought"),
    "owners": gettext_lazy("Owners"),
}
WEEKDAYS = (
    gettext_lazy("Mon"),
    gettext_lazy("Tue"),
    gettext_lazy("Wed"),
    gettext_lazy("Thu"),
    gettext_lazy("Fri"),
    gettext_lazy("Sat"),
    gettext_lazy("Sun"),
)
TRIGGERS = {
    "founding": gettext_lazy("A community is founded"),
    "newcomers": gettext_lazy("Newcomers have come in"),
    "weekly": gettext_lazy("Every week, from Monday"),
    "by_hand": gettext_lazy("Begun by hand"),
}

#include "dispatcher/domain/judgement.h"

#include <gtest/gtest.h>

namespace guarantee::dispatcher {
namespace {

constexpr Body kBodies[] = {Body::kAccepted, Body::kStopPartner, Body::kStopInterface,
                            Body::kRetry,    Body::kRefused,     Body::kUnreadable};

Judgement Answered(int status, Body body) { return Judge({Transport::kAnswered, status, body}); }

TEST(Judgement, OnlyASuccessStatusWithAnAcceptingBodyIsAcceptance) {
  for (int status = 100; status < 600; ++status) {
    for (const Body body : kBodies) {
      const bool accepted = Answered(status, body).ending == Ending::kAccepted;
      EXPECT_EQ(accepted, status / 100 == 2 && body == Body::kAccepted) << status;
    }
  }
}

TEST(Judgement, ARefusalOfTheNoticeParksItAndBlamesNobody) {
  for (const int status : {200, 201, 400, 409, 413, 422}) {
    EXPECT_EQ(Answered(status, Body::kRefused),
              (Judgement{Ending::kRefused, Health::kWell, Health::kWell}))
        << status;
  }
}

TEST(Judgement, NothingElseEverParks) {
  for (int status = 100; status < 600; ++status) {
    for (const Body body : kBodies) {
      if (Answered(status, body).ending != Ending::kRefused) continue;
      EXPECT_EQ(body, Body::kRefused);
      EXPECT_TRUE(status / 100 == 2 || status / 100 == 4) << status;
    }
  }
}

TEST(Judgement, TheConfigurationRowsStopWhateverTheStatus) {
  for (const int status : {200, 401, 403, 500, 503}) {
    EXPECT_EQ(Answered(status, Body::kStopPartner).platform, Health::kStopped);
    EXPECT_EQ(Answered(status, Body::kStopPartner).ending, Ending::kRefusedRetry);
    EXPECT_EQ(Answered(status, Body::kStopInterface).interface, Health::kStopped);
    EXPECT_EQ(Answered(status, Body::kStopInterface).platform, Health::kWell);
    EXPECT_EQ(Answered(status, Body::kRetry),
              (Judgement{Ending::kRefusedRetry, Health::kFault, Health::kUnproven}));
  }
}

TEST(Judgement, SignInAndEntitlementStatusesStopToo) {
  EXPECT_EQ(Answered(401, Body::kUnreadable).platform, Health::kStopped);
  EXPECT_EQ(Answered(407, Body::kUnreadable).platform, Health::kStopped);
  EXPECT_EQ(Answered(403, Body::kUnreadable).interface, Health::kStopped);
}

TEST(Judgement, UnreadableSuccessIsUnknown) {
  for (const int status : {200, 202, 204}) {
    EXPECT_EQ(Answered(status, Body::kUnreadable),
              (Judgement{Ending::kUnknown, Health::kWell, Health::kFault}));
  }
}

TEST(Judgement, RedirectsAndServerErrorsAreUnknownWhateverTheySay) {
  for (const int status : {301, 302, 303, 307, 308, 500, 502, 503, 504}) {
    for (const Body body : {Body::kAccepted, Body::kRefused, Body::kUnreadable}) {
      EXPECT_EQ(Answered(status, body),
                (Judgement{Ending::kUnknown, Health::kWell, Health::kFault}))
          << status;
    }
  }
}

TEST(Judgement, ClientErrorsAreTheInterfacesFault) {
  for (const int status : {404, 405, 408, 425, 429}) {
    for (const Body body : {Body::kAccepted, Body::kRefused, Body::kUnreadable}) {
      EXPECT_EQ(Answered(status, body),
                (Judgement{Ending::kRefusedRetry, Health::kWell, Health::kFault}))
          << status;
    }
  }
  EXPECT_EQ(Answered(400, Body::kUnreadable).ending, Ending::kRefusedRetry);
}

TEST(Judgement, WithoutAnAnswerItDependsOnWhatMayHaveArrived) {
  EXPECT_EQ(Judge({Transport::kUnreachable, 0, Body::kUnreadable}),
            (Judgement{Ending::kNotSent, Health::kFault, Health::kUnproven}));
  EXPECT_EQ(Judge({Transport::kSilent, 0, Body::kUnreadable}),
            (Judgement{Ending::kUnknown, Health::kUnproven, Health::kFault}));
  for (const Transport ours : {Transport::kStaleReuse, Transport::kAbandoned}) {
    EXPECT_EQ(Judge({ours, 0, Body::kUnreadable}),
              (Judgement{Ending::kUnknown, Health::kUnproven, Health::kUnproven}));
  }
  EXPECT_EQ(Judge({Transport::kNotTried, 0, Body::kUnreadable}),
            (Judgement{Ending::kNotSent, Health::kUnproven, Health::kUnproven}));
}

}  // namespace
}  // namespace guarantee::dispatcher

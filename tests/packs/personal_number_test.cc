// SPDX-License-Identifier: Apache-2.0
#include <gtest/gtest.h>

#include "packs/outside_text.h"
#include "packs/pack.h"

namespace plumbline {
namespace {

TEST(PersonalNumber, FindsMobileNumbers) {
  for (const char* text : {"13912345678", "19999999999", "请致电13912345678。", "tel:13012345678x",
                           "a13912345678b", "+8613912345678", "008613912345678",
                           "１３９１２３４５６７８", "2015 13912345678", "-13912345678-"}) {
    EXPECT_TRUE(holds_personal_number(text)) << text;
  }
}

TEST(PersonalNumber, MobileNumbersEndAtDigitBoundaries) {
  for (const char* text :
       {"101001240734",  // a case id of 12 digits
        "139123456789",  // 12 digits
        "213912345678",  // 12 digits, the last 11 would be one
        "1391234567",    // 10 digits
        "12912345678",   // 11 digits; 12x is no mobile number
        "10010012407", "23912345678", "00000000000", "8613912345678", "913912345678１",
        "1391234 5678", "", "311", "case 101001240734 of 2015"}) {
    EXPECT_FALSE(holds_personal_number(text)) << text;
  }
}

TEST(PersonalNumber, EverySecondDigitFromThreeToNineIsMobile) {
  for (char second = '0'; second <= '9'; ++second) {
    std::string text = std::string("1") + second + "912345678";
    EXPECT_EQ(holds_personal_number(text), second >= '3') << text;
  }
}

TEST(PersonalNumber, FindsIdCardNumbers) {
  // 11010519491231002X and 440524188001010014 are the examples of GB 11643-1999.
  for (const char* text : {"11010519491231002X", "11010519491231002x", "440524188001010014",
                           "身份证11010519491231002X号", "id: 440524188001010014.",
                           "１１０１０５１９４９１２３１００２Ｘ"}) {
    EXPECT_TRUE(holds_personal_number(text)) << text;
  }
}

TEST(PersonalNumber, IdCardsNeedCheckDigitDateAndBoundaries) {
  for (const char* text : {"110105194912310021",  // wrong check digit
                           "440524188001010015", "44052418800101001X",
                           "110105194913310020",   // month 13
                           "11010519491231002",    // 17 digits
                           "211010519491231002X",  // a digit before it
                           "A11010519491231002X",  // a letter before it
                           "11010519491231002XY",  // a letter behind it
                           "440524188001010014A", "4405241880010100140", "Ａ440524188001010014"}) {
    EXPECT_FALSE(holds_personal_number(text)) << text;
  }
}

TEST(PersonalNumber, OnlyOneCheckCharacterFits) {
  int fitting = 0;
  for (char check : std::string("0123456789X")) {
    fitting += holds_personal_number(std::string("44052418800101001") + check);
  }
  EXPECT_EQ(fitting, 1);
}

TEST(PersonalNumber, BirthDatesMustExist) {
  // Of all check characters none makes a number whose date does not exist.
  for (const char* body : {"11010520150229001", "11010520150431001", "11010520151301001",
                           "11010520150001001", "11010517991231001", "11010522000101001"}) {
    for (char check : std::string("0123456789X")) {
      EXPECT_FALSE(holds_personal_number(std::string(body) + check)) << body;
    }
  }
}

TEST(OutsideText, ShowsOnlyWhatMayBeShown) {
  EXPECT_EQ(outside_text("plain"), "plain");
  EXPECT_EQ(outside_text("call 13912345678"), "(a mobile or ID-card number)");
  EXPECT_EQ(outside_text("\xff"), "(not text)");
  EXPECT_EQ(outside_text("a\nb"), "(text with control characters)");
  EXPECT_EQ(outside_text(std::string(41, 'x')), std::string(40, 'x') + "…");
  // The number at the cut is not shown in part either.
  EXPECT_EQ(outside_text(std::string(35, 'x') + " 13912345678"), "(a mobile or ID-card number)");
}

// A hash of evidence was refused once in some three hundred events.
TEST(PersonalNumber, AHashIsNone) {
  const std::string number = "13800138000";
  const std::string hash = std::string(20, 'a') + number + std::string(33, 'f');
  EXPECT_FALSE(holds_personal_number(hash));
  EXPECT_TRUE(holds_personal_number(hash + "0"));
  EXPECT_TRUE(holds_personal_number(hash.substr(1)));
  EXPECT_TRUE(holds_personal_number(hash + " " + number));
  EXPECT_TRUE(holds_personal_number("A" + hash.substr(1)));
}

}  // namespace
}  // namespace plumbline

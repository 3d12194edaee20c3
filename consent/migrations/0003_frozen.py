"""What was signed stays as it was: the text (C3), the guidance somebody has confirmed (C8), the answers themselves."""

from django.db import migrations

from web.triggers import forbid

SIGNED = "EXISTS (SELECT 1 FROM consent_declaration WHERE consent_declaration.text_id = OLD.id)"
READ = "EXISTS (SELECT 1 FROM consent_guidanceread WHERE consent_guidanceread.guidance_id = OLD.id)"
NEXT_ANSWER = (
    "NEW.answer <> OLD.answer OR NEW.topic_id <> OLD.topic_id OR NEW.declaration_id <> OLD.declaration_id "
    "OR COALESCE(NEW.department_id, NEW.external_id, NEW.adult_id) "
    "<> COALESCE(OLD.department_id, OLD.external_id, OLD.adult_id) "
    "OR (OLD.withdrawn_at IS NOT NULL AND NEW.withdrawn_at IS NULL)"
)
DECLARED = (
    "NEW.text_id <> OLD.text_id OR NEW.person_id <> OLD.person_id OR NEW.answers_sha256 <> OLD.answers_sha256 "
    "OR NEW.informed_on <> OLD.informed_on OR NEW.sequence <> OLD.sequence"
)


class Migration(migrations.Migration):
    dependencies = [("consent", "0002_topics_and_texts")]

    operations = [
        forbid(
            "consent_consenttext", "UPDATE", "DELETE", when=SIGNED, message="Teksten er underskrevet og ligger fast."
        ),
        forbid("consent_guidance", "UPDATE", when=READ, message="Vejledningen er læst og ligger fast."),
        forbid("consent_consent", "UPDATE", when=NEXT_ANSWER, message="Et svar kan ikke ændres, kun tilbagekaldes."),
        forbid("consent_declaration", "UPDATE", when=DECLARED, message="En erklæring kan ikke ændres. Lav en ny."),
    ]
